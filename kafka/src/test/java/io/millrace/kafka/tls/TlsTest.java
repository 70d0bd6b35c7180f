package io.millrace.kafka.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.SettingException;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.ListenerSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own Java clients over TLS, with and without certificates of their own. */
class TlsTest {

  @TempDir Path folder;
  private Certificates.Pair server;
  private @Nullable NodeFixture started;

  @BeforeEach
  void make() throws Exception {
    server = Certificates.make(folder, "server", "CN=node,O=Example");
  }

  private NodeFixture node() {
    return Objects.requireNonNull(started);
  }

  @AfterEach
  void stop() {
    if (started != null) {
      node().close();
    }
  }

  private void start(TlsSettings tls) {
    SecuritySettings security =
        SecuritySettings.NONE
            .withTls(tls)
            .withListener(
                new ListenerSettings("tls", "127.0.0.1", 0, SecurityProtocol.SSL, null, 0));
    started =
        new NodeFixture(folder.resolve("data"), KafkaSettings.defaults().withSecurity(security));
  }

  private Map<String, Object> client(Certificates.Pair trusted) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", "127.0.0.1:" + node().server().port("tls"));
    settings.put("security.protocol", "SSL");
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", Files.readString(trusted.certificate()));
    settings.put("default.api.timeout.ms", 15_000);
    settings.put("request.timeout.ms", 10_000);
    return settings;
  }

  private Map<String, Object> clientAs(Certificates.Pair own) throws Exception {
    Map<String, Object> settings = client(server);
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", Files.readString(own.certificate()));
    settings.put("ssl.keystore.key", Files.readString(own.key()));
    return settings;
  }

  @Test
  void recordsOfAllSizesComeBackAsTheyWereSent() throws Exception {
    start(TlsSettings.of("kafka.tls", server.certificate(), server.key()));
    int[] sizes = {1, 100, 16_383, 16_384, 16_385, 65_536, 300_000, 900_000};
    Map<String, Object> settings = client(server);
    settings.put("linger.ms", 0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int round = 0; round < 10; round++) {
        for (int size : sizes) {
          sent.add(producer.send(new ProducerRecord<>("big", 0, null, value(size))));
        }
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
    List<byte[]> read = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            client(server), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition("big", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      await()
          .until(
              () -> {
                for (ConsumerRecord<byte[], byte[]> record :
                    consumer.poll(Duration.ofMillis(200))) {
                  read.add(record.value());
                }
                return read.size() >= 10 * sizes.length;
              });
    }
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(value(sizes[i % sizes.length]));
    }
    await().untilAsserted(() -> assertThat(node().server().budget().held()).isZero());
    assertThat(node().server().metrics().failures()).isZero();
  }

  private static byte[] value(int size) {
    byte[] value = new byte[size];
    for (int i = 0; i < size; i++) {
      value[i] = (byte) (i * 31 + i / 251);
    }
    return value;
  }

  @Test
  void clientsAreToldThePortThatTheyCameThrough() throws Exception {
    start(TlsSettings.of("kafka.tls", server.certificate(), server.key()));
    try (Admin encrypted = Admin.create(client(server));
        Admin clear = Admin.create(Map.of("bootstrap.servers", node().bootstrap()))) {
      assertThat(encrypted.describeCluster().nodes().get().iterator().next().port())
          .isEqualTo(node().server().port("tls"));
      assertThat(clear.describeCluster().nodes().get().iterator().next().port())
          .isEqualTo(node().port())
          .isNotEqualTo(node().server().port("tls"));
    }
  }

  @Test
  void aClientWithoutTheCertificateThatIsRequiredIsRefused() throws Exception {
    Certificates.Pair alice = Certificates.make(folder, "alice", "CN=alice,O=Example");
    Certificates.Pair mallory = Certificates.make(folder, "mallory", "CN=mallory,O=Example");
    start(
        TlsSettings.of("kafka.tls", server.certificate(), server.key())
            .withClients(ClientCertificate.REQUIRED, alice.certificate()));
    try (Admin admin = Admin.create(clientAs(alice))) {
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
    for (Map<String, Object> refused : List.of(client(server), clientAs(mallory))) {
      try (Admin admin = Admin.create(refused)) {
        assertThatThrownBy(() -> admin.listTopics().names().get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(SslAuthenticationException.class);
      }
    }
    assertThat(node().server().metrics().failedHandshakes()).isPositive();
    assertThat(node().server().metrics().failures()).isZero();
  }

  @Test
  void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
    Certificates.Pair renewed = Certificates.make(folder, "renewed", "CN=node2,O=Example");
    start(
        TlsSettings.of("kafka.tls", server.certificate(), server.key())
            .withCheckInterval(Duration.ZERO));
    Map<String, Object> trustsOld = client(server);
    try (Admin before = Admin.create(trustsOld)) {
      before.listTopics().names().get();
      replace(renewed.certificate(), server.certificate());
      // Half renewed, the certificate without its key: the old pair stays in use.
      try (Admin meanwhile = Admin.create(trustsOld)) {
        meanwhile.listTopics().names().get();
      }
      replace(renewed.key(), server.key());
      try (Admin after = Admin.create(client(renewed))) {
        after.listTopics().names().get();
      }
      // A connection of before goes on.
      before.listTopics().names().get();
    }
  }

  private static void replace(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void filesThatCannotBeUsedAreNamedAtTheStart() throws Exception {
    Path missing = folder.resolve("missing.pem");
    assertThatThrownBy(() -> start(TlsSettings.of("kafka.tls", missing, server.key())))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("missing.pem");
  }

  @Test
  void aHandshakeThatIsNotDoneInTimeCostsItsConnection() throws Exception {
    SecuritySettings security =
        SecuritySettings.NONE
            .withTls(TlsSettings.of("kafka.tls", server.certificate(), server.key()))
            .withProtocol(SecurityProtocol.SSL);
    started =
        new NodeFixture(
            folder.resolve("data"),
            KafkaSettings.defaults()
                .withSecurity(security)
                .withArrivalTimeout(Duration.ofMillis(200)));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node().port())) {
      socket.setSoTimeout(20_000);
      while (socket.getInputStream().read() >= 0) {
        // Nothing is sent to it; the node ends the connection.
      }
    }
    await().untilAsserted(() -> assertThat(node().server().metrics().connections()).isZero());
    assertThat(node().server().metrics().failedHandshakes()).isEqualTo(1);
    assertThat(node().server().metrics().failures()).isZero();
  }

  @Test
  void halfHandshakesAndPlainRequestsCostTheirConnectionOnly() throws Exception {
    start(TlsSettings.of("kafka.tls", server.certificate(), server.key()));
    for (int i = 0; i < 20; i++) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), node().server().port("tls"))) {
        socket.getOutputStream().write(i % 2 == 0 ? new byte[] {22, 3, 1, 1} : new byte[300]);
        socket.getOutputStream().flush();
        if (i % 2 == 1) {
          socket.setSoTimeout(20_000);
          while (socket.getInputStream().read() >= 0) {
            // The alert of TLS, then the end.
          }
        }
      }
    }
    await().untilAsserted(() -> assertThat(node().server().metrics().connections()).isZero());
    assertThat(node().server().metrics().failures()).isZero();
    try (Admin admin = Admin.create(client(server))) {
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }
}
