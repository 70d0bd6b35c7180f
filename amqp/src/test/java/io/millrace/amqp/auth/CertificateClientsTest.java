package io.millrace.amqp.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.amqp.AmqpSecurity;
import io.millrace.amqp.AmqpSettings;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.interop.ClientProcess;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients in other languages, unmodified, by a certificate's name and within its permissions. */
class CertificateClientsTest {

  private static final Path SCRIPTS =
      Path.of(System.getProperty("project.root", ".."), "amqp", "src", "test", "interop");
  private static final String PYTHON = "/usr/bin/python3";
  private static final String REFUSAL =
      "ACCESS_REFUSED - configure access to queue 'yours' in vhost '/' refused for user 'alice'";

  @TempDir Path folder;
  private TestCertificate server;
  private TestCertificate alice;
  private NodeFixture node;

  @BeforeEach
  void start() throws Exception {
    server = TestCertificate.make(folder, "server", "CN=node,O=Example");
    alice = TestCertificate.make(folder, "alice", "CN=alice,O=Example");
    TlsSettings tls =
        TlsSettings.of("amqp.tls", server.certificate(), server.key())
            .withClients(ClientCertificate.REQUIRED, alice.certificate());
    node =
        new NodeFixture(
            folder.resolve("data"),
            AmqpSettings.defaults()
                .withSecurity(
                    AmqpSecurity.DEFAULT.withTls(
                        new AmqpSecurity.Encrypted(0, tls, CertificateLogin.COMMON_NAME), false)));
    node.access().putUser(new User("alice", null)).toCompletableFuture().join();
    node.access()
        .setPermission(VirtualHostPermission.of("alice", "/", "^mine$", ".*", ".*"))
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String run(String program, String script) throws Exception {
    List<String> command =
        List.of(
            program,
            SCRIPTS.resolve(script).toString(),
            Integer.toString(node.tlsPort()),
            server.certificate().toString(),
            alice.certificate().toString(),
            alice.key().toString());
    try (ClientProcess client = ClientProcess.start(folder, command)) {
      return client.await().strip();
    }
  }

  @Test
  void pika() throws Exception {
    ClientProcess.requireInstalled(PYTHON, "-c", "import pika");
    assertThat(run(PYTHON, "pika_security.py"))
        .isEqualTo("{\"body\": \"by certificate\", \"refusal\": [403, \"" + REFUSAL + "\"]}");
  }

  @Test
  void amqplib() throws Exception {
    ClientProcess.requireInstalled("node", "--version");
    assumeTrue(
        Files.isDirectory(SCRIPTS.resolve("node_modules/amqplib")), "amqplib is not installed");
    assertThat(run("node", "amqplib-security.js"))
        .isEqualTo("{\"body\":\"by certificate\",\"refusal\":[403,\"" + REFUSAL + "\"]}");
  }
}
