package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.quota.QuotaKey;
import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients are held to their quotas as Kafka does it, and can be told so by Kafka's own Admin. */
class QuotasTest {

  private static final String TOPIC = "readings";

  @TempDir Path folder;
  private NodeFixture node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(folder);
    admin = Admin.create(client("admin"));
    admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
  }

  @AfterEach
  void stop() {
    admin.close();
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private Map<String, Object> client(String id) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", node.bootstrap());
    settings.put("client.id", id);
    return settings;
  }

  private static ClientQuotaEntity entity(String type, @Nullable String name) {
    return new ClientQuotaEntity(Collections.singletonMap(type, name));
  }

  private void limit(ClientQuotaEntity entity, String key, @Nullable Double limit)
      throws Exception {
    admin
        .alterClientQuotas(
            List.of(
                new ClientQuotaAlteration(
                    entity, List.of(new ClientQuotaAlteration.Op(key, limit)))))
        .all()
        .get();
  }

  private static double metric(Map<MetricName, ? extends Metric> metrics, String name) {
    return metrics.entrySet().stream()
        .filter(each -> each.getKey().name().equals(name))
        .mapToDouble(each -> (double) each.getValue().metricValue())
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElse(0);
  }

  private void produce(KafkaProducer<byte[], byte[]> producer, int records) throws Exception {
    for (int i = 0; i < records; i++) {
      producer.send(new ProducerRecord<>(TOPIC, new byte[10_000])).get();
    }
  }

  @Test
  void producersAreHeldBackWhileTheDiskRunsLow() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client("any"), new ByteArraySerializer(), new ByteArraySerializer())) {
      produce(producer, 1);
      assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isZero();
      node.broker().alarms().limitDiskFree(Long.MAX_VALUE);
      long begun = System.nanoTime();
      produce(producer, 2);
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(900_000_000L);
      assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isEqualTo(1000);
      node.broker().alarms().limitDiskFree(0);
      produce(producer, 10);
    }
  }

  @Test
  void aProducerAboveItsByteRateIsToldToWaitAndDoes() throws Exception {
    limit(entity("client-id", "meter"), "producer_byte_rate", 100_000.0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            client("meter"), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, new byte[600_000])).get();
      long begun = System.nanoTime();
      producer.send(new ProducerRecord<>(TOPIC, new byte[600_000])).get();
      // Of 1,200,000 bytes those of ten to eleven seconds are free.
      long told = node.server().quotas().metrics().millis(QuotaKey.PRODUCER_BYTE_RATE);
      assertThat(told).isBetween(900L, 2_100L);
      assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isEqualTo((double) told);
      producer.send(new ProducerRecord<>(TOPIC, new byte[1])).get();
      assertThat(System.nanoTime() - begun).isGreaterThan(Duration.ofMillis(told).toNanos());
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            client("other"), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, new byte[600_000])).get();
      producer.send(new ProducerRecord<>(TOPIC, new byte[600_000])).get();
      assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isZero();
    }
  }

  @Test
  void nothingIsLookedUpForClientsWhileThereAreNoQuotas() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client("p"), new ByteArraySerializer(), new ByteArraySerializer())) {
      produce(producer, 10);
    }
    assertThat(node.server().quotas().lookUps()).isZero();
  }

  @Test
  void aConsumerAboveItsByteRateIsToldToWaitAndMissesNothing() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client("p"), new ByteArraySerializer(), new ByteArraySerializer())) {
      produce(producer, 60);
    }
    limit(entity("user", null), "consumer_byte_rate", 50_000.0);
    Map<String, Object> settings = client("reader");
    settings.put("max.partition.fetch.bytes", 60_000);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      int read = 0;
      long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (read < 60 && System.nanoTime() < until) {
        read += consumer.poll(Duration.ofMillis(200)).count();
      }
      assertThat(read).isEqualTo(60);
      assertThat(metric(consumer.metrics(), "fetch-throttle-time-max")).isPositive();
      assertThat(node.server().quotas().metrics().times(QuotaKey.CONSUMER_BYTE_RATE)).isPositive();
    }
  }

  @Test
  void aClientThatTakesMoreTimeThanItsShareIsHeldBack() throws Exception {
    limit(entity("client-id", "busy"), "request_percentage", 0.000_1);
    try (Admin busy = Admin.create(client("busy"))) {
      for (int i = 0; i < 5; i++) {
        busy.listTopics().names().get();
      }
      assertThat(metric(busy.metrics(), "request-total")).isGreaterThan(4);
    }
    assertThat(node.server().quotas().metrics().millis(QuotaKey.REQUEST_PERCENTAGE))
        .isGreaterThan(500);
  }

  @Test
  void anAddressThatOpensConnectionsTooFastIsCutOff() throws Exception {
    limit(entity("ip", null), "connection_creation_rate", 1.0);
    int served = 0;
    int closed = 0;
    for (int i = 0; i < 15; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
        socket.setSoTimeout(60_000);
        // ApiVersions 0: whoever is served is answered, the others see the end of the connection.
        socket.getOutputStream().write(new byte[] {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1});
        if (isAnswered(socket)) {
          served++;
        } else {
          closed++;
        }
      }
    }
    assertThat(served).isBetween(5, 14);
    assertThat(closed).isPositive();
    assertThat(node.server().quotas().metrics().times(QuotaKey.CONNECTION_CREATION_RATE))
        .isPositive();
  }

  private static boolean isAnswered(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketException e) {
      return false;
    }
  }

  /** Each client of its own, since one that is refused is held back too. */
  @Test
  void topicsMadeTooFastAreRefused() throws Exception {
    CreateTopicsOptions once = new CreateTopicsOptions().retryOnQuotaViolation(false);
    limit(entity("user", null), "controller_mutation_rate", 1.0);
    try (Admin hasty = Admin.create(client("hasty"));
        Admin another = Admin.create(client("another"))) {
      hasty.createTopics(List.of(new NewTopic("a", 200, (short) 1)), once).all().get();
      assertThatThrownBy(
              () ->
                  another.createTopics(List.of(new NewTopic("b", 1, (short) 1)), once).all().get())
          .hasCauseInstanceOf(ThrottlingQuotaExceededException.class);
      limit(entity("user", null), "controller_mutation_rate", null);
      admin.createTopics(List.of(new NewTopic("b", 1, (short) 1))).all().get();
    }
  }

  @Test
  void quotasAreDescribedAsTheyWereSetAndOutliveTheNode() throws Exception {
    ClientQuotaEntity both = new ClientQuotaEntity(Map.of("user", "alice", "client-id", "app"));
    limit(both, "producer_byte_rate", 1000.0);
    limit(both, "request_percentage", 12.5);
    limit(entity("user", null), "consumer_byte_rate", 2000.0);
    limit(entity("ip", "127.0.0.9"), "connection_creation_rate", 10.0);
    admin.close();
    node.close();
    node = new NodeFixture(folder);
    admin = Admin.create(client("admin"));

    assertThat(admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get())
        .containsOnly(
            Map.entry(both, Map.of("producer_byte_rate", 1000.0, "request_percentage", 12.5)),
            Map.entry(entity("user", null), Map.of("consumer_byte_rate", 2000.0)),
            Map.entry(entity("ip", "127.0.0.9"), Map.of("connection_creation_rate", 10.0)));
    ClientQuotaFilterComponent anyUser = ClientQuotaFilterComponent.ofEntityType("user");
    assertThat(
            admin
                .describeClientQuotas(ClientQuotaFilter.contains(List.of(anyUser)))
                .entities()
                .get())
        .containsOnlyKeys(both, entity("user", null));
    assertThat(
            admin
                .describeClientQuotas(ClientQuotaFilter.containsOnly(List.of(anyUser)))
                .entities()
                .get())
        .containsOnlyKeys(entity("user", null));
    assertThat(
            admin
                .describeClientQuotas(
                    ClientQuotaFilter.contains(
                        List.of(ClientQuotaFilterComponent.ofDefaultEntity("user"))))
                .entities()
                .get())
        .containsOnlyKeys(entity("user", null));

    limit(both, "producer_byte_rate", null);
    limit(both, "request_percentage", null);
    assertThat(admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get())
        .doesNotContainKey(both);
  }

  @Test
  void aQuotaThatMakesNoSenseIsRefused() {
    isRefused(entity("user", "alice"), "connection_creation_rate", 1.0);
    isRefused(entity("ip", "127.0.0.1"), "producer_byte_rate", 1.0);
    isRefused(entity("user", "alice"), "producer_byte_rate", 0.0);
    isRefused(entity("user", "alice"), "producer_byte_rate", 1.5);
    isRefused(entity("user", "alice"), "bytes_per_day", 1.0);
    isRefused(entity("ip", "nowhere.example"), "connection_creation_rate", 1.0);
    isRefused(
        new ClientQuotaEntity(Map.of("user", "alice", "ip", "127.0.0.1")),
        "producer_byte_rate",
        1.0);
  }

  private void isRefused(ClientQuotaEntity entity, String key, double limit) {
    assertThatThrownBy(() -> limit(entity, key, limit))
        .hasCauseInstanceOf(InvalidRequestException.class);
  }
}
