package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.broker.security.Principal;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.SaslSettings;
import io.millrace.kafka.tls.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kcat, and so librdkafka, unmodified, over TLS with SASL or a certificate of its own. */
class KcatSecurityTest {

  @TempDir Path folder;

  @BeforeAll
  static void kcatIsInstalled() {
    ClientProcess.requireInstalled("kcat", "-V");
  }

  private NodeFixture start(SecuritySettings security) {
    return new NodeFixture(folder.resolve("data"), KafkaSettings.defaults().withSecurity(security));
  }

  private String kcat(NodeFixture node, String input, List<String> settings, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("kcat", "-b", node.bootstrap()));
    for (String setting : settings) {
      command.add("-X");
      command.add(setting);
    }
    command.addAll(List.of(arguments));
    return ClientProcess.run(folder, input, command.toArray(String[]::new));
  }

  private void writesAndReads(NodeFixture node, List<String> settings) throws IOException {
    kcat(node, "a\nb\n", settings, "-P", "-t", "orders", "-p", "0");
    assertThat(kcat(node, "", settings, "-C", "-t", "orders", "-p", "0", "-e", "-q"))
        .isEqualTo("a\nb\n");
  }

  @Test
  void authenticatesByPlainOverTls() throws Exception {
    Certificates.Pair server = Certificates.make(folder, "server", "CN=node");
    SecuritySettings security =
        SecuritySettings.NONE
            .withTls(TlsSettings.of("kafka.tls", server.certificate(), server.key()))
            .withSasl(SaslSettings.NONE.withPlain(Map.of("alice", "wonder")))
            .withProtocol(SecurityProtocol.SASL_SSL);
    try (NodeFixture node = start(security)) {
      List<String> settings =
          new ArrayList<>(
              List.of(
                  "security.protocol=sasl_ssl",
                  "ssl.ca.location=" + server.certificate(),
                  "sasl.mechanism=PLAIN",
                  "sasl.username=alice",
                  "sasl.password=wonder"));
      writesAndReads(node, settings);

      settings.set(4, "sasl.password=wander");
      assertThatThrownBy(() -> kcat(node, "", settings, "-L", "-m", "5"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("failed");
      assertThat(node.server().metrics().failedAuthentications()).isPositive();
    }
  }

  @Test
  void isTheSubjectOfItsCertificate() throws Exception {
    Certificates.Pair server = Certificates.make(folder, "server", "CN=node");
    Certificates.Pair alice = Certificates.make(folder, "alice", "CN=alice,O=Example");
    Certificates.Pair bob = Certificates.make(folder, "bob", "CN=bob,O=Example");
    Path authorities = folder.resolve("clients.pem");
    Files.writeString(
        authorities, Files.readString(alice.certificate()) + Files.readString(bob.certificate()));
    SecuritySettings security =
        SecuritySettings.NONE
            .withTls(
                TlsSettings.of("kafka.tls", server.certificate(), server.key())
                    .withClients(ClientCertificate.REQUIRED, authorities))
            .withProtocol(SecurityProtocol.SSL)
            .withAuthorizer(
                new AuthorizerSettings(true, Set.of(Principal.user("CN=alice,O=Example")), false));
    try (NodeFixture node = start(security)) {
      writesAndReads(node, certified(server, alice));
      assertThat(kcat(node, "", certified(server, bob), "-L")).doesNotContain("orders");
    }
  }

  private static List<String> certified(Certificates.Pair server, Certificates.Pair own) {
    return List.of(
        "security.protocol=ssl",
        "ssl.ca.location=" + server.certificate(),
        "ssl.certificate.location=" + own.certificate(),
        "ssl.key.location=" + own.key());
  }
}
