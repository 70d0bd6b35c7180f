package io.millrace.app.node;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationException;
import io.millrace.app.config.Key;
import io.millrace.app.config.Keys;
import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.broker.security.Principal;
import io.millrace.kafka.ListenerSettings;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.OAuthSettings;
import io.millrace.kafka.sasl.SaslMechanism;
import io.millrace.kafka.sasl.SaslSettings;
import io.millrace.kafka.tls.ClientCertificate;
import io.millrace.kafka.tls.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a configuration means for the security of the Kafka ports. */
final class KafkaSecurity {

  private KafkaSecurity() {}

  static SecuritySettings of(Configuration configuration) {
    return new SecuritySettings(
        configuration.get(Keys.KAFKA_PROTOCOL),
        listeners(configuration),
        tls(configuration),
        sasl(configuration),
        authorizer(configuration));
  }

  private static List<ListenerSettings> listeners(Configuration configuration) {
    List<ListenerSettings> listeners = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("kafka"));
    for (Configuration listener : configuration.list(Keys.LISTENERS)) {
      String name = listener.require(Keys.LISTENER_NAME);
      if (!names.add(name)) {
        throw refused(listener, Keys.LISTENER_NAME, name, "a name that no other port has");
      }
      String host = listener.find(Keys.LISTENER_HOST);
      listeners.add(
          new ListenerSettings(
              name,
              host == null ? configuration.get(Keys.HOST) : host,
              listener.require(Keys.LISTENER_PORT),
              listener.get(Keys.LISTENER_PROTOCOL),
              listener.find(Keys.LISTENER_ADVERTISED_HOST),
              listener.get(Keys.LISTENER_ADVERTISED_PORT)));
    }
    return listeners;
  }

  private static @Nullable TlsSettings tls(Configuration configuration) {
    Path certificate = configuration.find(Keys.TLS_CERTIFICATE);
    if (certificate == null) {
      return null;
    }
    TlsSettings tls = TlsSettings.of(certificate, configuration.require(Keys.TLS_KEY));
    ClientCertificate wanted = configuration.get(Keys.TLS_CLIENT_CERTIFICATE);
    return wanted == ClientCertificate.NONE
        ? tls
        : tls.withClients(wanted, configuration.require(Keys.TLS_CLIENT_CA));
  }

  private static SaslSettings sasl(Configuration configuration) {
    Set<SaslMechanism> mechanisms = EnumSet.noneOf(SaslMechanism.class);
    for (String name : words(configuration.find(Keys.SASL_MECHANISMS), ",")) {
      SaslMechanism mechanism = SaslMechanism.named(name);
      if (mechanism == null) {
        throw refused(
            configuration,
            Keys.SASL_MECHANISMS,
            name,
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, separated by commas");
      }
      mechanisms.add(mechanism);
    }
    Map<String, String> users = new HashMap<>();
    for (Configuration user : configuration.list(Keys.SASL_USERS)) {
      users.put(user.require(Keys.SASL_USER_NAME), user.require(Keys.SASL_USER_PASSWORD));
    }
    return new SaslSettings(
        mechanisms,
        users,
        oauth(configuration),
        configuration.get(Keys.SASL_SESSION_LIFETIME),
        SaslSettings.NONE.failureDelay());
  }

  private static @Nullable OAuthSettings oauth(Configuration configuration) {
    String jwks = configuration.find(Keys.OAUTH_JWKS);
    if (jwks == null) {
      return null;
    }
    URI address;
    try {
      address = URI.create(jwks);
    } catch (IllegalArgumentException e) {
      throw refused(configuration, Keys.OAUTH_JWKS, jwks, "an https:, http: or file: address");
    }
    if (!Set.of("file", "http", "https").contains(String.valueOf(address.getScheme()))) {
      throw refused(configuration, Keys.OAUTH_JWKS, jwks, "an https:, http: or file: address");
    }
    return new OAuthSettings(
        address,
        configuration.find(Keys.OAUTH_ISSUER),
        words(configuration.find(Keys.OAUTH_AUDIENCE), ","),
        configuration.get(Keys.OAUTH_PRINCIPAL_CLAIM),
        OAuthSettings.of(address).clockSkew());
  }

  private static AuthorizerSettings authorizer(Configuration configuration) {
    Set<Principal> superUsers = new HashSet<>();
    for (String user : words(configuration.find(Keys.ACL_SUPER_USERS), ";")) {
      try {
        superUsers.add(Principal.parse(user));
      } catch (IllegalArgumentException e) {
        throw refused(
            configuration,
            Keys.ACL_SUPER_USERS,
            user,
            "principals such as User:alice, separated by semicolons");
      }
    }
    return new AuthorizerSettings(
        configuration.get(Keys.ACL_ENABLED),
        superUsers,
        configuration.get(Keys.ACL_ALLOW_IF_NONE_FOUND));
  }

  private static List<String> words(@Nullable String text, String separator) {
    if (text == null) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    for (String word : text.split(separator, -1)) {
      if (!word.isBlank()) {
        words.add(word.trim());
      }
    }
    return words;
  }

  private static ConfigurationException refused(
      Configuration configuration, Key<?> key, String value, String allowed) {
    return new ConfigurationException(
        configuration.place() + ": " + key.path() + " is \"" + value + "\"; allowed: " + allowed);
  }
}
