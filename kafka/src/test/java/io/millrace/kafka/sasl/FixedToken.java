package io.millrace.kafka.sasl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;

/** The client's side of OAUTHBEARER with the token of its login settings, good or not. */
public final class FixedToken implements AuthenticateCallbackHandler {

  private String token = "";

  /** A token that the client believes in. */
  private record Believed(String value) implements OAuthBearerToken {

    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public long lifetimeMs() {
      return System.currentTimeMillis() + 600_000;
    }

    @Override
    public String principalName() {
      return "believed";
    }

    @Override
    public Long startTimeMs() {
      return System.currentTimeMillis();
    }
  }

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> logins) {
    token = String.valueOf(logins.get(0).getOptions().get("token"));
  }

  @Override
  public void handle(Callback[] callbacks) {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerTokenCallback wanted) {
        wanted.token(new Believed(token));
      }
    }
  }

  @Override
  public void close() {}
}
