package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.app.config.ConfigurationException;
import io.millrace.app.config.ConfigurationFile;
import io.millrace.broker.security.Principal;
import io.millrace.core.SettingException;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.kafka.ListenerSettings;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.SaslMechanism;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration secures the Kafka ports as it says, or is refused. */
class KafkaSecurityTest {

  private static final Path FOLDER = Path.of("/etc/millrace");

  private static SecuritySettings read(String text) {
    return KafkaSecurity.of(ConfigurationFile.parse(text, "millrace.yaml", FOLDER));
  }

  @Test
  void withoutSettingsThereIsOnePortInTheClearForAnybody() {
    assertThat(read("")).isEqualTo(SecuritySettings.NONE);
  }

  @Test
  void everySettingIsTakenOver() {
    SecuritySettings read =
        read(
            """
            host: 0.0.0.0
            kafka:
              protocol: ssl
              listeners:
                - name: public
                  port: 9093
                  protocol: sasl-ssl
                  advertised-host: events.example.com
              tls:
                certificate: cert.pem
                key: key.pem
                client-certificate: want
                client-ca: ca.pem
              sasl:
                mechanisms: PLAIN, SCRAM-SHA-512, OAUTHBEARER
                session-lifetime: 1h
                users:
                  - {name: alice, password: wonder}
                oauth:
                  jwks: https://login.example.com/keys
                  issuer: https://login.example.com/
                  audience: events, more
              authorizer:
                enabled: true
                super-users: User:admin; User:CN=ops,O=Example
            """);

    assertThat(read.protocol()).isEqualTo(SecurityProtocol.SSL);
    assertThat(read.listeners())
        .containsExactly(
            new ListenerSettings(
                "public", "0.0.0.0", 9093, SecurityProtocol.SASL_SSL, "events.example.com", 0));
    assertThat(Objects.requireNonNull(read.tls()).certificateChain())
        .isEqualTo(FOLDER.resolve("cert.pem"));
    assertThat(read.tls().clientCertificate()).isEqualTo(ClientCertificate.WANT);
    assertThat(read.sasl().mechanisms())
        .containsExactlyInAnyOrder(
            SaslMechanism.PLAIN, SaslMechanism.SCRAM_SHA_512, SaslMechanism.OAUTHBEARER);
    assertThat(read.sasl().plainUsers()).containsEntry("alice", "wonder");
    assertThat(read.sasl().sessionLifetime()).isEqualTo(Duration.ofHours(1));
    assertThat(Objects.requireNonNull(read.sasl().oauth()).audiences())
        .containsExactly("events", "more");
    assertThat(read.authorizer().enabled()).isTrue();
    assertThat(read.authorizer().superUsers())
        .containsExactlyInAnyOrder(Principal.user("admin"), Principal.user("CN=ops,O=Example"));
    assertThat(read.toString()).doesNotContain("wonder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka: {sasl: {mechanisms: GSSAPI}}       | kafka.sasl.mechanisms is "GSSAPI"
          kafka: {authorizer: {super-users: admin}} | kafka.authorizer.super-users is "admin"
          kafka: {tls: {certificate: c.pem}}        | kafka.tls.key is missing
          kafka: {listeners: [{name: kafka, port: 1}]} | kafka.listeners[].name is "kafka"
          kafka: {sasl: {oauth: {jwks: ftp://x}}}   | kafka.sasl.oauth.jwks is "ftp://x"
          """)
  void whatCannotBeUsedIsToldWithItsKey(String text, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka: {protocol: ssl}                        | kafka.tls.certificate
          kafka: {protocol: sasl-plaintext}             | kafka.sasl.mechanisms
          kafka: {sasl: {mechanisms: OAUTHBEARER}}      | kafka.sasl.oauth.jwks
          """)
  void whatAPortNeedsAndIsMissingIsNamed(String text, String key) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(key);
  }
}
