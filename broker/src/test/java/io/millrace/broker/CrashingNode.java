package io.millrace.broker;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * A process of its own that writes until it is killed, and says on its output what has been
 * acknowledged: {@code producer ID}, {@code record PARTITION SEQUENCE OFFSET}, {@code committed
 * OFFSET}, {@code topic NAME}, {@code deleted NAME}.
 */
final class CrashingNode {

  static final String TOPIC = "flights";
  static final int PARTITIONS = 2;
  static final String GROUP = "board";
  private static final int IN_FLIGHT = 5;

  private CrashingNode() {}

  public static void main(String[] arguments) throws InterruptedException {
    LogStore store = LogStore.open(Path.of(arguments[0]), Clock.system());
    Broker broker =
        Broker.open(
            store, BrokerSettings.defaults(), Clock.system(), new ThreadTimer("crashing-node"));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (broker.topics().find(TOPIC) == null) {
      broker
          .topics()
          .create(new NewTopic(TOPIC, PARTITIONS, Map.of("durability", "commit")))
          .toCompletableFuture()
          .join();
    }
    long producer = broker.producerIds().next().toCompletableFuture().join();
    out.println("producer " + producer);
    List<Thread> writers =
        List.of(
            Thread.ofPlatform().start(() -> write(broker, producer, 0, out)),
            Thread.ofPlatform().start(() -> write(broker, producer, 1, out)),
            Thread.ofPlatform().start(() -> commit(broker, out)),
            Thread.ofPlatform().start(() -> administer(broker, producer, out)));
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static void write(Broker broker, long producer, int index, PrintStream out) {
    Partition partition = Objects.requireNonNull(broker.topics().find(TOPIC, index));
    Semaphore room = new Semaphore(IN_FLIGHT);
    for (int i = 0; ; i++) {
      int sequence = i;
      room.acquireUninterruptibly();
      partition.append(
          Batches.by(producer, 0, sequence, producer + ":" + sequence),
          Partition.Acks.ALL,
          (info, failure) -> {
            if (info == null) {
              throw new IllegalStateException(failure);
            }
            out.println("record " + index + " " + sequence + " " + info.baseOffset());
            room.release();
          });
    }
  }

  private static void commit(Broker broker, PrintStream out) {
    MemberIdentity nobody = new MemberIdentity(GROUP, -1, "", null);
    for (long offset = System.currentTimeMillis(); ; offset++) {
      broker
          .groups()
          .commit(
              nobody,
              Map.of(new TopicPartition(TOPIC, 0), new CommittedOffset(offset, 0, "", offset)))
          .toCompletableFuture()
          .join();
      out.println("committed " + offset);
    }
  }

  private static void administer(Broker broker, long producer, PrintStream out) {
    for (int i = 0; ; i++) {
      String name = "t-" + producer + "-" + i;
      broker.topics().create(new NewTopic(name, 2, Map.of())).toCompletableFuture().join();
      out.println("topic " + name);
      if (isToBeDeleted(name)) {
        broker.topics().delete(name).toCompletableFuture().join();
        out.println("deleted " + name);
      }
    }
  }

  /** Every other topic is deleted as soon as it has been made. */
  static boolean isToBeDeleted(String topic) {
    return (topic.charAt(topic.length() - 1) - '0') % 2 == 0;
  }
}
