package io.millrace.amqp.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import io.millrace.amqp.AmqpSecurity;
import io.millrace.amqp.AmqpSettings;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.connection.EncryptionStatus;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RabbitMQ's client over TLS, with and without a certificate of its own. */
class AmqpsTest {

  @TempDir static Path certificates;
  private static TestCertificate server;
  private static TestCertificate alice;

  @TempDir Path folder;
  private @Nullable NodeFixture started;

  @BeforeAll
  static void make() throws Exception {
    server = TestCertificate.make(certificates, "server", "CN=node,O=Example");
    alice = TestCertificate.make(certificates, "alice", "CN=alice,O=Example");
  }

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  private NodeFixture start(TlsSettings tls, CertificateLogin login) {
    AmqpSecurity security =
        AmqpSecurity.DEFAULT.withTls(new AmqpSecurity.Encrypted(0, tls, login), false);
    NodeFixture node =
        new NodeFixture(folder.resolve("data"), AmqpSettings.defaults().withSecurity(security));
    started = node;
    return node;
  }

  private TlsSettings tls() {
    return TlsSettings.of("amqp.tls", server.certificate(), server.key())
        .withCheckInterval(Duration.ZERO);
  }

  private ConnectionFactory factory(@Nullable TestCertificate own) throws Exception {
    ConnectionFactory factory = Objects.requireNonNull(started).factory();
    factory.setPort(Objects.requireNonNull(started).tlsPort());
    factory.useSslProtocol(server.trustedBy(own));
    factory.enableHostnameVerification();
    return factory;
  }

  private static void know(NodeFixture node, String user) {
    node.access().putUser(new User(user, null)).toCompletableFuture().join();
    node.access().setPermission(VirtualHostPermission.full(user, "/")).toCompletableFuture().join();
  }

  @Test
  void messagesOfAllSizesGoThroughTls() throws Exception {
    NodeFixture node = start(tls(), CertificateLogin.DISTINGUISHED_NAME);
    assertThat(node.port()).isZero();
    try (Connection connection = factory(null).newConnection()) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("q", true, false, false, null);
      channel.confirmSelect();
      byte[] large = new byte[3_000_000];
      ThreadLocalRandom.current().nextBytes(large);
      channel.basicPublish("", "q", null, large);
      channel.basicPublish("", "q", null, "small".getBytes(UTF_8));
      channel.waitForConfirmsOrDie(60_000);
      assertThat(channel.basicGet("q", true).getBody()).isEqualTo(large);
      assertThat(channel.basicGet("q", true).getBody()).asString(UTF_8).isEqualTo("small");
    }
  }

  @Test
  void aClientInTheClearGetsNothingFromTheEncryptedPort() throws Exception {
    NodeFixture node = start(tls(), CertificateLogin.DISTINGUISHED_NAME);
    ConnectionFactory factory = node.factory();
    factory.setPort(node.tlsPort());
    factory.setHandshakeTimeout(60_000);
    assertThatThrownBy(factory::newConnection).isInstanceOf(IOException.class);
    await().until(() -> node.server().metrics().failedHandshakes() == 1);
  }

  @Test
  void aCertificateIsTheUserOfItsWholeSubject() throws Exception {
    NodeFixture node =
        start(
            tls().withClients(ClientCertificate.WANT, alice.certificate()),
            CertificateLogin.DISTINGUISHED_NAME);
    know(node, "CN=alice,O=Example");
    ConnectionFactory factory = factory(alice);
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.createChannel().queueDeclare().getQueue()).startsWith("amq.gen-");
      EncryptionStatus encryption =
          node.server()
              .connections()
              .all()
              .iterator()
              .next()
              .status()
              .toCompletableFuture()
              .join()
              .encryption();
      assertThat(encryption.protocol()).startsWith("tlsv1.");
      assertThat(encryption.cipher()).matches("aes_(128|256)_gcm|chacha20_poly1305");
      assertThat(encryption.hash()).isEqualTo("aead");
      assertThat(encryption.peerSubject()).isEqualTo("CN=alice,O=Example");
      assertThat(encryption.peerValidity()).contains("Z - ");
    }
  }

  @Test
  void aCertificateIsTheUserOfItsCommonName() throws Exception {
    NodeFixture node =
        start(
            tls().withClients(ClientCertificate.REQUIRED, alice.certificate()),
            CertificateLogin.COMMON_NAME);
    know(node, "alice");
    ConnectionFactory factory = factory(alice);
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  @Test
  void aCertificateOfNoUserIsRefused() throws Exception {
    start(
        tls().withClients(ClientCertificate.WANT, alice.certificate()),
        CertificateLogin.COMMON_NAME);
    ConnectionFactory factory = factory(alice);
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    assertThatThrownBy(factory::newConnection)
        .isInstanceOf(AuthenticationFailureException.class)
        .hasMessageContaining(
            "ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL");
  }

  @Test
  void externalIsNotOfferedToAClientWithoutACertificate() throws Exception {
    start(
        tls().withClients(ClientCertificate.WANT, alice.certificate()),
        CertificateLogin.COMMON_NAME);
    ConnectionFactory factory = factory(null);
    try (Connection connection = factory.newConnection()) {
      assertThat(connection.getServerProperties().get("product")).hasToString("Millrace");
    }
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    assertThatThrownBy(factory::newConnection)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No compatible authentication mechanism found");
  }

  @Test
  void aCertificateOfAnotherAuthorityEndsTheHandshake() throws Exception {
    start(
        tls().withClients(ClientCertificate.REQUIRED, alice.certificate()),
        CertificateLogin.COMMON_NAME);
    TestCertificate mallory = TestCertificate.make(folder, "mallory", "CN=alice,O=Example");
    ConnectionFactory factory = factory(mallory);
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    assertThatThrownBy(factory::newConnection).isInstanceOf(IOException.class);
  }

  @Test
  void aChangedCertificateIsTakenOver() throws Exception {
    Path certificate = Files.copy(server.certificate(), folder.resolve("node.crt.pem"));
    Path key = Files.copy(server.key(), folder.resolve("node.key.pem"));
    NodeFixture node =
        start(
            TlsSettings.of("amqp.tls", certificate, key).withCheckInterval(Duration.ZERO),
            CertificateLogin.DISTINGUISHED_NAME);
    try (Connection before = factory(null).newConnection()) {
      TestCertificate renewed = TestCertificate.make(folder, "renewed", "CN=node,O=Renewed");
      Files.move(renewed.key(), key, StandardCopyOption.REPLACE_EXISTING);
      Files.move(renewed.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> factory(null).newConnection()).isInstanceOf(SSLException.class);
      ConnectionFactory factory = node.factory();
      factory.setPort(node.tlsPort());
      factory.useSslProtocol(renewed.trustedBy(null));
      try (Connection after = factory.newConnection()) {
        assertThat(after.isOpen()).isTrue();
      }
      assertThat(before.isOpen()).isTrue();
    }
  }
}
