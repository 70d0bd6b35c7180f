package io.millrace.kafka.sasl;

import io.millrace.core.SettingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.jose4j.http.Get;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells good tokens from others: signed by a key of the issuer, for us, not expired. Keys behind an
 * address are fetched when a token names one that is not known yet, so this may wait; any thread.
 */
final class TokenValidator implements AuthenticateCallbackHandler {

  private static final Logger LOG = LoggerFactory.getLogger(TokenValidator.class);
  private static final int FETCH_MILLIS = 10_000;
  private static final int MOST_KEYS_BYTES = 1 << 20;

  /** All that need the issuer's private key; no shared secrets, and never {@code none}. */
  private static final AlgorithmConstraints SIGNED_BY_THE_ISSUER =
      new AlgorithmConstraints(
          ConstraintType.PERMIT,
          AlgorithmIdentifiers.RSA_USING_SHA256,
          AlgorithmIdentifiers.RSA_USING_SHA384,
          AlgorithmIdentifiers.RSA_USING_SHA512,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
          AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
          AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
          AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
          AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
          AlgorithmIdentifiers.EDDSA);

  private final OAuthSettings settings;
  private final JwtConsumer consumer;

  /** A token that has been found good. */
  private record GoodToken(
      String value,
      Set<String> scope,
      long lifetimeMs,
      String principalName,
      @Nullable Long startTimeMs)
      implements OAuthBearerToken {

    @Override
    public String toString() {
      return "GoodToken[principalName=" + principalName + "]";
    }
  }

  TokenValidator(OAuthSettings settings) {
    this.settings = settings;
    JwtConsumerBuilder builder =
        new JwtConsumerBuilder()
            .setVerificationKeyResolver(keys(settings.jwks()))
            .setJwsAlgorithmConstraints(SIGNED_BY_THE_ISSUER)
            .setRequireExpirationTime()
            .setAllowedClockSkewInSeconds((int) settings.clockSkew().toSeconds());
    String issuer = settings.issuer();
    if (issuer != null) {
      builder.setExpectedIssuer(true, issuer);
    }
    if (settings.audiences().isEmpty()) {
      builder.setSkipDefaultAudienceValidation();
    } else {
      builder.setExpectedAudience(true, settings.audiences().toArray(String[]::new));
    }
    consumer = builder.build();
  }

  private static VerificationKeyResolver keys(URI jwks) {
    if (!"file".equals(jwks.getScheme())) {
      Get get = new Get();
      get.setConnectTimeout(FETCH_MILLIS);
      get.setReadTimeout(FETCH_MILLIS);
      get.setResponseBodySizeLimit(MOST_KEYS_BYTES);
      HttpsJwks fetched = new HttpsJwks(jwks.toString());
      fetched.setSimpleHttpGet(get);
      return new HttpsJwksVerificationKeyResolver(fetched);
    }
    try {
      String text = Files.readString(Path.of(jwks));
      return new JwksVerificationKeyResolver(new JsonWebKeySet(text).getJsonWebKeys());
    } catch (IOException | JoseException | RuntimeException e) {
      throw new SettingException(
          "kafka.sasl.oauth.jwks",
          "is " + jwks + ", which cannot be used (" + e.getMessage() + ")",
          "a JSON Web Key Set with the issuer's public keys");
    }
  }

  /** Nothing: the settings came with the constructor. */
  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> logins) {}

  /** Nothing: there is nothing to give back. */
  @Override
  public void close() {}

  @Override
  public void handle(Callback[] callbacks) {
    for (Callback callback : callbacks) {
      if (callback instanceof OAuthBearerValidatorCallback token) {
        validate(token);
      } else if (callback instanceof OAuthBearerExtensionsValidatorCallback given) {
        // Nothing here depends on extensions; Kafka accepts what it does not know.
        SaslExtensions extensions = given.inputExtensions();
        extensions.map().keySet().forEach(given::valid);
      }
    }
  }

  private void validate(OAuthBearerValidatorCallback asked) {
    try {
      JwtClaims claims = consumer.processToClaims(asked.tokenValue());
      String principal = claims.getStringClaimValue(settings.principalClaim());
      if (principal == null || principal.isEmpty()) {
        LOG.debug("A token has no {}", settings.principalClaim());
        asked.error("invalid_token", null, null);
        return;
      }
      Long issued = claims.getIssuedAt() == null ? null : claims.getIssuedAt().getValueInMillis();
      asked.token(
          new GoodToken(
              asked.tokenValue(),
              scope(claims),
              claims.getExpirationTime().getValueInMillis(),
              principal,
              issued));
    } catch (InvalidJwtException | MalformedClaimException e) {
      LOG.debug("A token is refused: {}", e.getMessage());
      asked.error("invalid_token", null, null);
    }
  }

  private static Set<String> scope(JwtClaims claims) {
    Object scope = claims.getClaimValue("scope");
    if (scope instanceof String words && !words.isBlank()) {
      return Set.copyOf(List.of(words.trim().split("\\s+")));
    }
    return scope instanceof List<?> list
        ? Set.copyOf(list.stream().map(String::valueOf).toList())
        : Set.of();
  }
}
