package io.millrace.broker.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.exchange.Intake;
import io.millrace.broker.exchange.Routable;
import io.millrace.broker.topic.LogPartition;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.PartitionJournal;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Appends messages to a topic: its exchange's way in. The routing key is the record's key and
 * chooses the partition as Kafka's own clients do; messages without one go to a partition by
 * chance, those of one batch together. What has come from this topic does not go there again. Any
 * thread.
 */
final class TopicIntake implements Inbox, Intake {

  private final String exchange;
  private final String topic;
  private final Topics topics;
  private final MessageRecordCodec codec;
  private final Clock clock;

  TopicIntake(String exchange, String topic, Topics topics, MessageRecordCodec codec, Clock clock) {
    this.exchange = exchange;
    this.topic = topic;
    this.topics = topics;
    this.codec = codec;
    this.clock = clock;
  }

  @Override
  public String name() {
    return exchange;
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  public boolean sharesBodies() {
    return false;
  }

  @Override
  public boolean takes(Routable message) {
    return true;
  }

  @Override
  public void publish(List<Publication> batch) {
    Topic found = topics.find(topic);
    if (found == null) {
      batch.forEach(each -> each.settle(false));
      return;
    }
    List<Partition> partitions = found.partitions();
    int keyless = ThreadLocalRandom.current().nextInt(partitions.size());
    Map<Integer, List<Publication>> byPartition = new HashMap<>();
    for (Publication each : batch) {
      if (BridgedFrom.contains(each.message(), topic)) {
        each.settle(true);
        continue;
      }
      String key = each.message().routingKey();
      int index = key.isEmpty() ? keyless : partition(key.getBytes(UTF_8), partitions.size());
      byPartition.computeIfAbsent(index, unused -> new ArrayList<>()).add(each);
    }
    byPartition.forEach(
        (index, publications) -> append((LogPartition) partitions.get(index), publications));
  }

  @Override
  public void whenTaken(Runnable task) {
    Topic found = topics.find(topic);
    if (found == null) {
      task.run();
      return;
    }
    List<Partition> partitions = found.partitions();
    AtomicInteger open = new AtomicInteger(partitions.size());
    for (Partition each : partitions) {
      ((LogPartition) each)
          .journal()
          .mailbox()
          .execute(
              () -> {
                if (open.decrementAndGet() == 0) {
                  task.run();
                }
              });
    }
  }

  private void append(LogPartition partition, List<Publication> batch) {
    PartitionJournal journal = partition.journal();
    List<Message> messages = batch.stream().map(Publication::message).toList();
    journal
        .mailbox()
        .execute(
            () ->
                new MessageAppender(journal, codec, MessageRecordCodec.Bodies.OWN, clock)
                    .append(
                        messages,
                        (index, offset) -> {},
                        (first, after, failure) -> {
                          for (int i = first; i < after; i++) {
                            batch.get(i).settle(failure == null);
                          }
                        }));
  }

  // ---- the partitioner of Kafka's clients: murmur2 ----

  private static final int SEED = 0x9747b28c;
  private static final int MULTIPLIER = 0x5bd1e995;

  private static int partition(byte[] key, int partitions) {
    return (murmur2(key) & Integer.MAX_VALUE) % partitions;
  }

  private static int murmur2(byte[] key) {
    int hash = SEED ^ key.length;
    int whole = key.length / 4 * 4;
    for (int i = 0; i < whole; i += 4) {
      int word =
          (key[i] & 0xff) | (key[i + 1] & 0xff) << 8 | (key[i + 2] & 0xff) << 16 | key[i + 3] << 24;
      word *= MULTIPLIER;
      word ^= word >>> 24;
      word *= MULTIPLIER;
      hash *= MULTIPLIER;
      hash ^= word;
    }
    if (whole < key.length) {
      for (int i = key.length - 1; i >= whole; i--) {
        hash ^= (key[i] & 0xff) << (8 * (i - whole));
      }
      hash *= MULTIPLIER;
    }
    hash ^= hash >>> 13;
    hash *= MULTIPLIER;
    return hash ^ hash >>> 15;
  }
}
