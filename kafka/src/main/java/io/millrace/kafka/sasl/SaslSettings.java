package io.millrace.kafka.sasl;

import io.millrace.core.SettingException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How clients authenticate themselves by SASL.
 *
 * @param mechanisms those that are served ({@code sasl.enabled.mechanisms})
 * @param plainUsers passwords by user for PLAIN
 * @param oauth which tokens are good for OAUTHBEARER; null without that mechanism
 * @param sessionLifetime a client must authenticate itself again within this (KIP-368, {@code
 *     connections.max.reauth.ms}); zero for never, but for tokens that expire
 * @param failureDelay a failed authentication is answered after this ({@code
 *     connection.failed.authentication.delay.ms})
 */
public record SaslSettings(
    Set<SaslMechanism> mechanisms,
    Map<String, String> plainUsers,
    @Nullable OAuthSettings oauth,
    Duration sessionLifetime,
    Duration failureDelay) {

  /** No SASL. */
  public static final SaslSettings NONE =
      new SaslSettings(Set.of(), Map.of(), null, Duration.ZERO, Duration.ofMillis(100));

  /** Checks that what the mechanisms need is there. */
  public SaslSettings {
    mechanisms = Set.copyOf(mechanisms);
    plainUsers = Map.copyOf(plainUsers);
    if (mechanisms.contains(SaslMechanism.OAUTHBEARER) && oauth == null) {
      throw new SettingException(
          "kafka.sasl.oauth.jwks",
          "is missing while OAUTHBEARER is served",
          "the address of the issuer's public keys, as file:, http: or https:");
    }
    if (sessionLifetime.isNegative() || failureDelay.isNegative()) {
      throw new SettingException(
          "kafka.sasl.session-lifetime", "is " + sessionLifetime, "zero or more");
    }
  }

  /** With users for PLAIN. */
  public SaslSettings withPlain(Map<String, String> users) {
    return new SaslSettings(with(SaslMechanism.PLAIN), users, oauth, sessionLifetime, failureDelay);
  }

  /** With SCRAM, whose users are made by AlterUserScramCredentials. */
  public SaslSettings withScram() {
    Set<SaslMechanism> more = with(SaslMechanism.SCRAM_SHA_256);
    more.add(SaslMechanism.SCRAM_SHA_512);
    return new SaslSettings(more, plainUsers, oauth, sessionLifetime, failureDelay);
  }

  /** With tokens. */
  public SaslSettings withOAuth(OAuthSettings tokens) {
    return new SaslSettings(
        with(SaslMechanism.OAUTHBEARER), plainUsers, tokens, sessionLifetime, failureDelay);
  }

  /** With another time for which an authentication is good. */
  public SaslSettings withSessionLifetime(Duration lifetime) {
    return new SaslSettings(mechanisms, plainUsers, oauth, lifetime, failureDelay);
  }

  private Set<SaslMechanism> with(SaslMechanism mechanism) {
    EnumSet<SaslMechanism> more = EnumSet.of(mechanism);
    more.addAll(mechanisms);
    return more;
  }

  @Override
  public String toString() {
    // Not the passwords.
    return "SaslSettings[mechanisms=" + mechanisms + ", plainUsers=" + plainUsers.keySet() + "]";
  }
}
