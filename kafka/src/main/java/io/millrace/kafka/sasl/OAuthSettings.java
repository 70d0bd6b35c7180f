package io.millrace.kafka.sasl;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens of OAUTHBEARER are good. They are signed JWTs (RFC 7519); unsigned ones and those
 * signed by a shared secret are refused.
 *
 * @param jwks where the issuer's public keys are (RFC 7517): a {@code file:}, {@code http:} or
 *     {@code https:} address
 * @param issuer that tokens must name ({@code iss}), or null for any
 * @param audiences of which tokens must name one ({@code aud}); empty for any
 * @param principalClaim the claim that says who it is, usually {@code sub}
 * @param clockSkew how far the issuer's clock may be off
 */
public record OAuthSettings(
    URI jwks,
    @Nullable String issuer,
    List<String> audiences,
    String principalClaim,
    Duration clockSkew) {

  /** Copies the list. */
  public OAuthSettings {
    audiences = List.copyOf(audiences);
  }

  /** Any issuer and audience; the subject is the principal. */
  public static OAuthSettings of(URI jwks) {
    return new OAuthSettings(jwks, null, List.of(), "sub", Duration.ofSeconds(30));
  }
}
