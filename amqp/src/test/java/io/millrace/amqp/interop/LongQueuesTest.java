package io.millrace.amqp.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A queue's length costs disk, not memory: messages of 1 kB that nobody consumes, in a node whose
 * heap is a fraction of them. The system property {@code queue.messages} sets how many; ten million
 * need 12 GB of disk for each kind of queue.
 */
class LongQueuesTest {

  private static final long MESSAGES = Long.getLong("queue.messages", 100_000);
  private static final int BODY_BYTES = 1000;
  private static final long MOST_GROWTH_BYTES = 300L << 20;
  private static final int CONFIRM_EVERY = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60 + MESSAGES / 2000);

  @TempDir Path folder;

  @ParameterizedTest(name = "queue durable: {0}, messages persistent: {1}")
  @CsvSource({"false, false", "true, false", "true, true"})
  void messagesThatNobodyConsumesTakeNoMemory(boolean durable, boolean persistent)
      throws Exception {
    try (NodeUnderTest node = NodeUnderTest.start(folder)) {
      Connection connection = node.factory().newConnection();
      try {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        channel.queueDeclare("long", durable, false, false, null);
        publish(channel, persistent, 0, CONFIRM_EVERY);
        long before = residentBytes(node);
        publish(channel, persistent, CONFIRM_EVERY, MESSAGES);
        long growth = residentBytes(node) - before;
        System.out.printf(
            "%,d messages, queue durable: %s, persistent: %s: resident memory grew by %,d MiB%n",
            MESSAGES, durable, persistent, growth >> 20);
        assertThat(growth).isLessThan(MOST_GROWTH_BYTES);
        assertThat(channel.queueDeclarePassive("long").getMessageCount()).isEqualTo((int) MESSAGES);
        assertThatAllComeInOrder(channel);
      } finally {
        connection.abort(1000);
      }
    }
  }

  private static void publish(Channel channel, boolean persistent, long from, long to)
      throws Exception {
    BasicProperties properties =
        new BasicProperties.Builder().deliveryMode(persistent ? 2 : 1).build();
    for (long i = from; i < to; i++) {
      channel.basicPublish(
          "", "long", properties, ByteBuffer.allocate(BODY_BYTES).putLong(i).array());
      if (i % CONFIRM_EVERY == CONFIRM_EVERY - 1) {
        channel.waitForConfirmsOrDie(60_000);
      }
    }
    channel.waitForConfirmsOrDie(60_000);
  }

  private static void assertThatAllComeInOrder(Channel channel) throws IOException {
    AtomicLong next = new AtomicLong();
    AtomicLong wrong = new AtomicLong(-1);
    String consumer =
        channel.basicConsume(
            "long",
            true,
            (tag, message) -> {
              long expected = next.getAndIncrement();
              if (ByteBuffer.wrap(message.getBody()).getLong() != expected) {
                wrong.compareAndSet(-1, expected);
              }
            },
            tag -> {});
    await().atMost(PATIENCE).untilAtomic(next, greaterThanOrEqualTo(MESSAGES));
    channel.basicCancel(consumer);
    assertThat(wrong).as("the first message out of order").hasValue(-1);
    assertThat(next).hasValue(MESSAGES);
  }

  private static long residentBytes(NodeUnderTest node) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("the kernel does not tell the resident memory of " + node.pid());
  }
}
