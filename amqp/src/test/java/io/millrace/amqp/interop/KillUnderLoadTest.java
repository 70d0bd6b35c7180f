package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed again and again while publishers with confirms and consumers with
 * acknowledgements go as fast as they can. How often is the system property {@code amqp.kills}, to
 * be given by {@code -Dtest.jvm.options=-Damqp.kills=200}.
 */
class KillUnderLoadTest {

  private static final int KILLS = Integer.getInteger("amqp.kills", 20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUEUE = "tasks";
  private static final int PUBLISHERS = 2;
  private static final int CONSUMERS = 2;
  private static final int MOST_UNCONFIRMED = 500;
  private static final int PREFETCH = 300;
  private static final int ACKNOWLEDGED_AT_ONCE = 10;

  /** Each so many-eth message is kept without an acknowledgement when it comes first. */
  private static final int KEPT = 53;

  @TempDir Path folder;

  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong confirms = new AtomicLong();
  private final AtomicLong deliveries = new AtomicLong();
  private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
  private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
  private final Set<Integer> seenAgain = ConcurrentHashMap.newKeySet();
  private final Set<Integer> kept = ConcurrentHashMap.newKeySet();
  private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Integer> acknowledgedAndBack = ConcurrentHashMap.newKeySet();
  private final Set<Integer> notMarked = ConcurrentHashMap.newKeySet();

  @Test
  void noConfirmedMessageIsLostAndWhatComesAgainSaysSo() throws Exception {
    Random random = new Random();
    for (int kill = 0; kill < KILLS; kill++) {
      try (NodeUnderTest node = NodeUnderTest.start(folder)) {
        long confirmsBefore = confirms.get();
        long deliveriesBefore = deliveries.get();
        int enough = 200 + random.nextInt(1500);
        List<Connection> connections = load(node);
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(
                () ->
                    confirms.get() - confirmsBefore >= enough
                        && deliveries.get() - deliveriesBefore >= enough);
        node.kill();
        connections.forEach(connection -> connection.abort(1000));
      }
    }
    try (NodeUnderTest node = NodeUnderTest.start(folder)) {
      drain(node);
    }
    System.out.printf(
        "%d kills: %d published, %d confirmed, %d deliveries, %d came again, of which %d had been acknowledged%n",
        KILLS,
        next.get(),
        confirmed.size(),
        deliveries.get(),
        seenAgain.size(),
        acknowledgedAndBack.size());
    assertThat(without(confirmed, seen)).as("confirmed, and never delivered").isEmpty();
    assertThat(without(kept, seenAgain)).as("not acknowledged, and gone").isEmpty();
    assertThat(notMarked).as("delivered again without being marked as redelivered").isEmpty();
    assertThat(kept).as("kept by consumers when the node was killed").isNotEmpty();
  }

  private static Set<Integer> without(Collection<Integer> all, Set<Integer> some) {
    Set<Integer> left = new TreeSet<>(all);
    left.removeAll(some);
    return left;
  }

  private static String body(int number) {
    return number + " " + "x".repeat(number % 400);
  }

  private List<Connection> load(NodeUnderTest node) throws Exception {
    List<Connection> connections = new ArrayList<>();
    ConnectionFactory factory = node.factory();
    for (int i = 0; i < CONSUMERS; i++) {
      Connection connection = factory.newConnection();
      connections.add(connection);
      consume(connection.createChannel());
    }
    for (int i = 0; i < PUBLISHERS; i++) {
      Connection connection = factory.newConnection();
      connections.add(connection);
      Channel channel = connection.createChannel();
      Thread.ofVirtual().start(() -> publish(channel));
    }
    return connections;
  }

  private void publish(Channel channel) {
    Semaphore room = new Semaphore(MOST_UNCONFIRMED);
    ConcurrentSkipListMap<Long, Integer> waiting = new ConcurrentSkipListMap<>();
    try {
      channel.confirmSelect();
      channel.addConfirmListener(
          (tag, multiple) -> {
            var done = multiple ? waiting.headMap(tag, true) : waiting.subMap(tag, true, tag, true);
            int count = done.size();
            confirmed.addAll(done.values());
            done.clear();
            confirms.addAndGet(count);
            room.release(count);
          },
          (tag, multiple) -> {});
      // A publisher that waits for room when the node is killed is not needed any more.
      channel.addShutdownListener(cause -> room.release(MOST_UNCONFIRMED));
      while (channel.isOpen()) {
        room.acquire();
        int number = next.getAndIncrement();
        waiting.put(channel.getNextPublishSeqNo(), number);
        channel.basicPublish(
            "", QUEUE, MessageProperties.PERSISTENT_BASIC, body(number).getBytes(UTF_8));
      }
    } catch (IOException | AlreadyClosedException killed) {
      // As it should be.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void consume(Channel channel) throws IOException {
    channel.queueDeclare(QUEUE, true, false, false, null);
    channel.basicQos(PREFETCH);
    List<Delivery> batch = new ArrayList<>();
    channel.basicConsume(
        QUEUE,
        false,
        (tag, message) -> {
          int number = note(message);
          if (number % KEPT == 0 && !seenAgain.contains(number)) {
            kept.add(number);
            return;
          }
          batch.add(message);
          if (batch.size() == ACKNOWLEDGED_AT_ONCE) {
            for (Delivery each : batch) {
              channel.basicAck(each.getEnvelope().getDeliveryTag(), false);
              acknowledged.add(number(each));
            }
            batch.clear();
          }
        },
        tag -> {});
  }

  private int note(Delivery message) {
    int number = number(message);
    if (!seen.add(number)) {
      seenAgain.add(number);
      if (acknowledged.contains(number)) {
        acknowledgedAndBack.add(number);
      }
      if (!message.getEnvelope().isRedeliver()) {
        notMarked.add(number);
      }
    }
    deliveries.incrementAndGet();
    return number;
  }

  private static int number(Delivery message) {
    String text = new String(message.getBody(), UTF_8);
    int number = Integer.parseInt(text.substring(0, text.indexOf(' ')));
    assertThat(text).isEqualTo(body(number));
    return number;
  }

  private void drain(NodeUnderTest node) throws Exception {
    Connection connection = node.factory().newConnection();
    Channel channel = connection.createChannel();
    long count = channel.queueDeclarePassive(QUEUE).getMessageCount();
    long before = deliveries.get();
    channel.basicConsume(QUEUE, true, (tag, message) -> note(message), tag -> {});
    await().atMost(PATIENCE).until(() -> deliveries.get() - before >= count);
    assertThat(channel.messageCount(QUEUE)).isZero();
    connection.close();
  }
}
