package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupCoordinator.CommittedOffset;
import io.millrace.broker.group.GroupCoordinator.MemberIdentity;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.CompactionLimits;
import io.millrace.log.LogConfig;
import io.millrace.log.LogException;
import io.millrace.log.LogStore;
import io.millrace.log.PartitionLog;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  @TempDir Path folder;

  /** The real store, whose disk a test can fill. */
  private static final class FillableStore implements LogStore {
    private final LogStore store;
    volatile boolean full;
    volatile String unopenable = "";

    FillableStore(LogStore store) {
      this.store = store;
    }

    private static LogException noSpace() {
      return new LogException(LogException.Reason.STORAGE, "no space left on device");
    }

    @Override
    public PartitionLog open(String name, LogConfig config) {
      if (name.equals(unopenable)) {
        throw noSpace();
      }
      PartitionLog log = store.open(name, config);
      return (PartitionLog)
          Proxy.newProxyInstance(
              PartitionLog.class.getClassLoader(),
              new Class<?>[] {PartitionLog.class},
              (proxy, method, arguments) -> {
                if (full && method.getName().equals("append")) {
                  throw noSpace();
                }
                try {
                  return method.invoke(log, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public Collection<String> existing() {
      return store.existing();
    }

    @Override
    public void delete(Collection<String> names) {
      store.delete(names);
    }

    @Override
    public boolean exists(String name) {
      return store.exists(name);
    }

    @Override
    public CompactionLimits compactionLimits() {
      return store.compactionLimits();
    }

    @Override
    public void limitCompaction(CompactionLimits limits) {
      store.limitCompaction(limits);
    }

    @Override
    public void checkpoint() {
      if (full) {
        throw noSpace();
      }
      store.checkpoint();
    }

    @Override
    public Path folder() {
      return store.folder();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static BrokerError refused(CompletionStage<?> stage) {
    return Append.error(stage.toCompletableFuture());
  }

  @Test
  void aFullDiskRefusesWhatMustBeStoredAndTakesItWhenThereIsSpaceAgain() {
    FillableStore store = new FillableStore(LogStore.open(folder, Clock.system()));
    MemberIdentity nobody = new MemberIdentity("board", -1, "", null);
    Map<TopicPartition, CommittedOffset> offsets =
        Map.of(new TopicPartition("flights", 0), new CommittedOffset(1, 0, "", 1));
    try (ThreadTimer timer = new ThreadTimer("test-timer");
        store;
        Broker broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer)) {
      broker.topics().create(topic("flights")).toCompletableFuture().join();
      Partition partition = Objects.requireNonNull(broker.topics().find("flights", 0));
      Append.now(partition, Batches.by(5, 0, 0, "a"));
      store.full = true;
      assertThat(Append.error(Append.to(partition, Batches.by(5, 0, 1, "b"))))
          .isEqualTo(BrokerError.STORAGE);
      assertThat(refused(broker.topics().create(topic("other")))).isEqualTo(BrokerError.STORAGE);
      assertThat(refused(broker.groups().commit(nobody, offsets)))
          .isEqualTo(BrokerError.COORDINATOR_NOT_AVAILABLE);
      assertThat(Batches.values(partition)).containsExactly("a");
      store.full = false;
      Append.now(partition, Batches.by(5, 0, 1, "b"));
      broker.topics().create(topic("other")).toCompletableFuture().join();
      broker.groups().commit(nobody, offsets).toCompletableFuture().join();
      assertThat(Batches.values(partition)).containsExactly("a", "b");
    }
  }

  @Test
  void aTopicWhoseFilesCannotBeMadeIsTakenBackWhole() {
    FillableStore store = new FillableStore(LogStore.open(folder, Clock.system()));
    try (ThreadTimer timer = new ThreadTimer("test-timer");
        store;
        Broker broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer)) {
      store.unopenable = "flights-1";
      assertThat(refused(broker.topics().create(new NewTopic("flights", 3, Map.of()))))
          .isEqualTo(BrokerError.STORAGE);
      assertThat(broker.topics().find("flights")).isNull();
      assertThat(store.existing()).noneMatch(name -> name.startsWith("flights"));
      store.unopenable = "";
      broker.topics().create(new NewTopic("flights", 3, Map.of())).toCompletableFuture().join();
      store.unopenable = "flights-4";
      assertThat(refused(broker.topics().addPartitions("flights", 6)))
          .isEqualTo(BrokerError.STORAGE);
      assertThat(store.existing()).doesNotContain("flights-3", "flights-5");
      store.unopenable = "";
      broker.topics().addPartitions("flights", 6).toCompletableFuture().join();
    }
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, 1, Map.of());
  }
}
