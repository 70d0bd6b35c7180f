package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.core.Clock;
import io.millrace.log.LogStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node ended between a change's record and its effect. */
class HalfFinishedChangesTest {

  @TempDir Path folder;

  private void write(MetadataRecord record) {
    try (LogStore store = LogStore.open(folder, Clock.system());
        Controller controller = new Controller(store, Clock.system())) {
      controller.write(List.of(record));
    }
  }

  @Test
  void aTopicWhoseDirectoriesWereNotMadeIsThereAfterTheStart() {
    write(new TopicRecord(UUID.randomUUID(), "flights", 3, false, false, Map.of()));
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Append.now(broker.partition("flights", 2), Batches.of("a"));
    }
  }

  @Test
  void aTopicWhoseDirectoriesWereNotAllDeletedIsGoneAfterTheStart() {
    UUID id;
    try (RunningBroker broker = RunningBroker.in(folder)) {
      id = broker.create("flights", 3, Map.of()).id();
    }
    write(new TopicRecord(id, "flights", 3, false, true, Map.of()));
    try (RunningBroker broker = RunningBroker.in(folder)) {
      assertThat(broker.get().topics().find("flights")).isNull();
      assertThat(Files.exists(folder.resolve("flights-1"))).isFalse();
      broker.create("flights", 1, Map.of());
    }
  }
}
