package io.millrace.app.node;

import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationException;
import io.millrace.app.config.KafkaKeys;
import io.millrace.app.config.KafkaSecurityKeys;
import io.millrace.app.config.Key;
import io.millrace.app.config.Keys;
import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.broker.security.Principal;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.ListenerSettings;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.OAuthSettings;
import io.millrace.kafka.sasl.SaslMechanism;
import io.millrace.kafka.sasl.SaslSettings;
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
        configuration.get(KafkaKeys.PROTOCOL),
        listeners(configuration),
        tls(configuration),
        sasl(configuration),
        authorizer(configuration));
  }

  private static List<ListenerSettings> listeners(Configuration configuration) {
    List<ListenerSettings> listeners = new ArrayList<>();
    Set<String> names = new HashSet<>(Set.of("kafka"));
    for (Configuration listener : configuration.list(KafkaKeys.LISTENERS)) {
      String name = listener.require(KafkaKeys.LISTENER_NAME);
      if (!names.add(name)) {
        throw refused(listener, KafkaKeys.LISTENER_NAME, name, "a name that no other port has");
      }
      String host = listener.find(KafkaKeys.LISTENER_HOST);
      listeners.add(
          new ListenerSettings(
              name,
              host == null ? configuration.get(Keys.HOST) : host,
              listener.require(KafkaKeys.LISTENER_PORT),
              listener.get(KafkaKeys.LISTENER_PROTOCOL),
              listener.find(KafkaKeys.LISTENER_ADVERTISED_HOST),
              listener.get(KafkaKeys.LISTENER_ADVERTISED_PORT)));
    }
    return listeners;
  }

  private static @Nullable TlsSettings tls(Configuration configuration) {
    Path certificate = configuration.find(KafkaSecurityKeys.TLS_CERTIFICATE);
    if (certificate == null) {
      return null;
    }
    TlsSettings tls =
        TlsSettings.of("kafka.tls", certificate, configuration.require(KafkaSecurityKeys.TLS_KEY));
    ClientCertificate wanted = configuration.get(KafkaSecurityKeys.TLS_CLIENT_CERTIFICATE);
    return wanted == ClientCertificate.NONE
        ? tls
        : tls.withClients(wanted, configuration.require(KafkaSecurityKeys.TLS_CLIENT_CA));
  }

  private static SaslSettings sasl(Configuration configuration) {
    Set<SaslMechanism> mechanisms = EnumSet.noneOf(SaslMechanism.class);
    for (String name : words(configuration.find(KafkaSecurityKeys.SASL_MECHANISMS), ",")) {
      SaslMechanism mechanism = SaslMechanism.named(name);
      if (mechanism == null) {
        throw refused(
            configuration,
            KafkaSecurityKeys.SASL_MECHANISMS,
            name,
            "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, separated by commas");
      }
      mechanisms.add(mechanism);
    }
    Map<String, String> users = new HashMap<>();
    for (Configuration user : configuration.list(KafkaSecurityKeys.SASL_USERS)) {
      users.put(
          user.require(KafkaSecurityKeys.SASL_USER_NAME),
          user.require(KafkaSecurityKeys.SASL_USER_PASSWORD));
    }
    return new SaslSettings(
        mechanisms,
        users,
        oauth(configuration),
        configuration.get(KafkaSecurityKeys.SASL_SESSION_LIFETIME),
        SaslSettings.NONE.failureDelay());
  }

  private static @Nullable OAuthSettings oauth(Configuration configuration) {
    String jwks = configuration.find(KafkaSecurityKeys.OAUTH_JWKS);
    if (jwks == null) {
      return null;
    }
    URI address;
    try {
      address = URI.create(jwks);
    } catch (IllegalArgumentException e) {
      throw refused(
          configuration, KafkaSecurityKeys.OAUTH_JWKS, jwks, "an https:, http: or file: address");
    }
    if (!Set.of("file", "http", "https").contains(String.valueOf(address.getScheme()))) {
      throw refused(
          configuration, KafkaSecurityKeys.OAUTH_JWKS, jwks, "an https:, http: or file: address");
    }
    return new OAuthSettings(
        address,
        configuration.find(KafkaSecurityKeys.OAUTH_ISSUER),
        words(configuration.find(KafkaSecurityKeys.OAUTH_AUDIENCE), ","),
        configuration.get(KafkaSecurityKeys.OAUTH_PRINCIPAL_CLAIM),
        OAuthSettings.of(address).clockSkew());
  }

  private static AuthorizerSettings authorizer(Configuration configuration) {
    Set<Principal> superUsers = new HashSet<>();
    for (String user : words(configuration.find(KafkaSecurityKeys.ACL_SUPER_USERS), ";")) {
      try {
        superUsers.add(Principal.parse(user));
      } catch (IllegalArgumentException e) {
        throw refused(
            configuration,
            KafkaSecurityKeys.ACL_SUPER_USERS,
            user,
            "principals such as User:alice, separated by semicolons");
      }
    }
    return new AuthorizerSettings(
        configuration.get(KafkaSecurityKeys.ACL_ENABLED),
        superUsers,
        configuration.get(KafkaSecurityKeys.ACL_ALLOW_IF_NONE_FOUND));
  }

  static List<String> words(@Nullable String text, String separator) {
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
