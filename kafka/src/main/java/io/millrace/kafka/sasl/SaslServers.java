package io.millrace.kafka.sasl;

import io.millrace.broker.ScramStore;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramMechanism;
import io.millrace.broker.security.ScramUser;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.security.oauthbearer.internals.OAuthBearerSaslServer;
import org.apache.kafka.common.security.plain.PlainAuthenticateCallback;
import org.apache.kafka.common.security.plain.internals.PlainSaslServer;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.jspecify.annotations.Nullable;

/** Begins authentications by the mechanisms that are served. Any thread. */
public final class SaslServers {

  private final SaslSettings settings;
  private final ScramStore scram;
  private final @Nullable TokenValidator tokens;

  /** With SCRAM users from a store, which may change at any time. */
  public SaslServers(SaslSettings settings, ScramStore scram) {
    this.settings = settings;
    this.scram = scram;
    OAuthSettings oauth = settings.oauth();
    this.tokens = oauth == null ? null : new TokenValidator(oauth);
  }

  /** The names of the mechanisms that are served. */
  public List<String> names() {
    return settings.mechanisms().stream().sorted().map(SaslMechanism::wireName).toList();
  }

  /** The mechanism of that name when it is served, else null. */
  public @Nullable SaslMechanism find(String name) {
    SaslMechanism mechanism = SaslMechanism.named(name);
    return mechanism != null && settings.mechanisms().contains(mechanism) ? mechanism : null;
  }

  /**
   * Whether a step of the mechanism may wait for the network, so that no event loop must run it.
   */
  public static boolean mayWait(SaslMechanism mechanism) {
    return mechanism == SaslMechanism.OAUTHBEARER;
  }

  /** A new authentication. */
  public SaslServer begin(SaslMechanism mechanism) {
    try {
      return switch (mechanism) {
        case PLAIN -> new PlainSaslServer(this::checkPassword);
        case SCRAM_SHA_256 -> scram(ScramMechanism.SHA_256);
        case SCRAM_SHA_512 -> scram(ScramMechanism.SHA_512);
        case OAUTHBEARER -> new OAuthBearerSaslServer(tokens());
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot do " + mechanism.wireName(), e);
    }
  }

  private CallbackHandler tokens() {
    if (tokens == null) {
      throw new IllegalStateException("OAUTHBEARER is not served");
    }
    return tokens;
  }

  private void checkPassword(Callback[] callbacks) {
    String given = null;
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        given = settings.plainUsers().get(name.getDefaultName());
      } else if (callback instanceof PlainAuthenticateCallback password) {
        password.authenticated(given != null && areEqual(given, password.password()));
      }
    }
  }

  /** In a time that does not tell how much of it was right. */
  private static boolean areEqual(String given, char[] tried) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), new String(tried).getBytes(StandardCharsets.UTF_8));
  }

  private SaslServer scram(ScramMechanism mechanism) throws GeneralSecurityException {
    return new ScramSaslServer(
        kafkas(mechanism), Map.of(), callbacks -> findCredential(mechanism, callbacks));
  }

  private void findCredential(ScramMechanism mechanism, Callback[] callbacks) {
    ScramCredential found = null;
    for (Callback callback : callbacks) {
      if (callback instanceof NameCallback name) {
        found = scram.find(new ScramUser(name.getDefaultName(), mechanism));
      } else if (callback instanceof ScramCredentialCallback wanted && found != null) {
        wanted.scramCredential(
            new org.apache.kafka.common.security.scram.ScramCredential(
                found.salt(), found.storedKey(), found.serverKey(), found.iterations()));
      }
    }
  }

  /** Kafka's name for a mechanism. */
  public static org.apache.kafka.common.security.scram.internals.ScramMechanism kafkas(
      ScramMechanism mechanism) {
    return switch (mechanism) {
      case SHA_256 -> org.apache.kafka.common.security.scram.internals.ScramMechanism.SCRAM_SHA_256;
      case SHA_512 -> org.apache.kafka.common.security.scram.internals.ScramMechanism.SCRAM_SHA_512;
    };
  }
}
