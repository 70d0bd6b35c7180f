package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.log.AppendInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is killed at random moments under load; whatever it had acknowledged is there after. */
class CrashTest {

  private static final int KILLS = 4;

  @TempDir Path folder;

  // What nodes have said.
  private final Set<Long> producers = new HashSet<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private final Set<String> topics = new HashSet<>();
  private final Set<String> deleted = new HashSet<>();
  private long committed;
  private long producer;

  @Test
  void killedUnderLoadANodeHasAllThatItAcknowledged() throws Exception {
    int epoch = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      runAndKill(300 + 217 * kill);
      try (RunningBroker broker = RunningBroker.in(folder)) {
        int now = broker.partition(CrashingNode.TOPIC, 0).leaderEpoch();
        assertThat(now).isEqualTo(epoch + 1);
        epoch = now;
        checkTopics(broker);
        checkGroup(broker);
        for (int i = 0; i < CrashingNode.PARTITIONS; i++) {
          checkRecords(broker.partition(CrashingNode.TOPIC, i), i);
        }
        assertThat(producers)
            .doesNotContain(broker.get().producerIds().next().toCompletableFuture().join());
      }
    }
  }

  private void runAndKill(int afterLines) throws IOException, InterruptedException {
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingNode.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = node.inputReader(StandardCharsets.UTF_8)) {
      int lines = 0;
      String line = said.readLine();
      while (line != null) {
        hear(line.split(" ", -1));
        if (++lines == afterLines) {
          // Through its handle, which leaves what it has said to be read.
          node.toHandle().destroyForcibly();
        }
        line = said.readLine();
      }
      assertThat(lines).isGreaterThanOrEqualTo(afterLines);
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  private void hear(String[] words) {
    switch (words[0]) {
      case "producer" -> {
        producer = Long.parseLong(words[1]);
        assertThat(producers.add(producer)).isTrue();
      }
      case "record" -> {
        if (words.length == 4) {
          offsets.put(words[1] + "/" + producer + ":" + words[2], Long.parseLong(words[3]));
        }
      }
      case "committed" -> committed = Math.max(committed, Long.parseLong(words[1]));
      case "topic" -> topics.add(words[1]);
      case "deleted" -> deleted.add(words[1]);
      default -> throw new AssertionError(words[0]);
    }
  }

  private void checkTopics(RunningBroker broker) {
    for (String name : topics) {
      Topic topic = broker.get().topics().find(name);
      if (deleted.contains(name)) {
        assertThat(topic).as(name).isNull();
        assertThat(Files.exists(folder.resolve(name + "-0"))).isFalse();
      } else if (!CrashingNode.isToBeDeleted(name)) {
        assertThat(topic).as(name).isNotNull();
      }
    }
    // A topic is there whole or not at all.
    for (Topic topic : broker.get().topics().all()) {
      for (Partition partition : topic.partitions()) {
        partition.read(partition.startOffset(), 1).close();
      }
    }
  }

  private void checkGroup(RunningBroker broker) {
    CommittedOffset found =
        broker
            .get()
            .groups()
            .committed(CrashingNode.GROUP, null)
            .toCompletableFuture()
            .join()
            .get(new TopicPartition(CrashingNode.TOPIC, 0));
    assertThat(found == null ? 0 : found.offset()).isGreaterThanOrEqualTo(committed);
  }

  private void checkRecords(Partition partition, int index) {
    assertThat(partition.highWatermark()).isEqualTo(partition.endOffset());
    List<String> values = Batches.values(partition);
    assertThat(values).doesNotHaveDuplicates();
    Map<String, Integer> next = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (int offset = 0; offset < values.size(); offset++) {
      String[] parts = values.get(offset).split(":", -1);
      int sequence = Integer.parseInt(parts[1]);
      if (next.getOrDefault(parts[0], 0) != sequence) {
        wrong.add(values.get(offset));
      }
      next.put(parts[0], sequence + 1);
    }
    assertThat(wrong).isEmpty();
    offsets.forEach(
        (record, offset) -> {
          if (record.startsWith(index + "/")) {
            assertThat(values.get(offset.intValue())).isEqualTo(record.substring(2));
          }
        });
    checkProducer(partition, values);
  }

  /** The producer's state has been found again: its last batch is known, its next one follows. */
  private void checkProducer(Partition partition, List<String> values) {
    for (int offset = values.size() - 1; offset >= 0; offset--) {
      String value = values.get(offset);
      if (value.startsWith(producer + ":")) {
        int last = Integer.parseInt(value.substring(value.indexOf(':') + 1));
        AppendInfo again = Append.now(partition, Batches.by(producer, 0, last, value));
        assertThat(again.baseOffset()).isEqualTo(offset);
        AppendInfo next =
            Append.now(partition, Batches.by(producer, 0, last + 1, producer + ":" + (last + 1)));
        assertThat(next.baseOffset()).isEqualTo(values.size());
        return;
      }
    }
  }
}
