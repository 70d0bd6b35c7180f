package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.broker.group.GroupSettings;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.Durability;
import io.millrace.log.LogStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** A durable queue, its window small, against a list of numbers; it is restarted now and then. */
class QueueModelTest {

  /** What is done to the queue. */
  enum Step {
    PUBLISH,
    PUBLISH_TRANSIENT,
    GET,
    ACKNOWLEDGE,
    REJECT,
    REQUEUE,
    PURGE,
    RESTART
  }

  private record Properties(boolean persistent) implements MessageProperties {

    static final Format FORMAT =
        new Format() {
          @Override
          public MessageProperties decode(byte[] encoded) {
            return new Properties(encoded[0] == 1);
          }

          @Override
          public MessageProperties of(Map<String, Object> headers) {
            return new Properties(true);
          }
        };

    @Override
    public int priority() {
      return 0;
    }

    @Override
    public long expirationMillis() {
      return -1;
    }

    @Override
    public Map<String, Object> headers() {
      return Map.of();
    }

    @Override
    public @Nullable String property(String name) {
      return null;
    }

    @Override
    public MessageProperties with(Map<String, Object> headers, boolean dropExpiration) {
      return this;
    }

    @Override
    public byte[] encoded() {
      return new byte[] {(byte) (persistent ? 1 : 0)};
    }
  }

  /** A node on a folder. */
  private static final class Node implements AutoCloseable {
    final ThreadTimer timer = new ThreadTimer("test-timer");
    final LogStore store;
    final Broker broker;
    final MessageQueue queue;

    Node(Path folder) {
      store = LogStore.open(folder, Clock.system());
      BrokerSettings small =
          BrokerSettings.defaults().withGroups(GroupSettings.defaults().withOffsetsPartitions(1));
      broker = Broker.open(store, small, Clock.system(), timer);
      MessagingSettings settings =
          new MessagingSettings(Set.of("/"), Durability.OS, 1 << 20, 5, 1 << 20, 1 << 20, 10, 10);
      queue =
          Objects.requireNonNull(broker.messaging(settings, Properties.FORMAT).find("/"))
              .declareQueue(new QueueDeclaration("/", "q", true, null, false, Map.of()))
              .toCompletableFuture()
              .join();
    }

    Delivery get() {
      CompletableFuture<Delivery> got = new CompletableFuture<>();
      queue.get(false, (delivery, left) -> got.complete(delivery));
      return got.join();
    }

    @Override
    public void close() {
      broker.close();
      store.close();
      timer.close();
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.of(Step.PUBLISH, Step.PUBLISH_TRANSIENT)),
            Tuple.of(25, Arbitraries.just(Step.GET)),
            Tuple.of(25, Arbitraries.of(Step.ACKNOWLEDGE, Step.REJECT, Step.REQUEUE)),
            Tuple.of(1, Arbitraries.just(Step.PURGE)),
            Tuple.of(2, Arbitraries.just(Step.RESTART)))
        .list()
        .ofMinSize(50)
        .ofMaxSize(120);
  }

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void handsOutWhatTheModelHandsOut(@ForAll("steps") List<Step> steps) throws IOException {
    Path folder = Files.createTempDirectory("queue-model");
    Node node = new Node(folder);
    try {
      // By number; true for those that are persistent.
      TreeMap<Integer, Boolean> ready = new TreeMap<>();
      TreeMap<Integer, Boolean> redelivered = new TreeMap<>();
      List<Delivery> out = new ArrayList<>();
      int next = 0;
      for (Step step : steps) {
        switch (step) {
          case PUBLISH, PUBLISH_TRANSIENT -> {
            boolean persistent = step == Step.PUBLISH;
            byte[] body = ByteBuffer.allocate(4).putInt(next).array();
            node.queue.publish(
                List.of(
                    new Publication(new Message("", "q", new Properties(persistent), body), null)));
            ready.put(next++, persistent);
          }
          case GET -> {
            Delivery got = node.get();
            if (ready.isEmpty()) {
              assertThat(got).isNull();
            } else {
              int expected = ready.firstKey();
              assertThat(number(got)).isEqualTo(expected);
              if (redelivered.getOrDefault(expected, false)) {
                assertThat(got.redelivered()).isTrue();
              }
              ready.remove(expected);
              out.add(got);
            }
          }
          case ACKNOWLEDGE, REJECT -> {
            if (!out.isEmpty()) {
              Delivery settled = out.remove(out.size() / 2);
              node.queue.settle(
                  List.of(settled),
                  step == Step.REJECT ? Settlement.REJECT : Settlement.ACKNOWLEDGE);
            }
          }
          case REQUEUE -> {
            if (!out.isEmpty()) {
              Delivery back = out.remove(out.size() / 2);
              node.queue.settle(List.of(back), Settlement.REQUEUE);
              ready.put(number(back), isPersistent(back));
              redelivered.put(number(back), true);
            }
          }
          case PURGE -> {
            CompletableFuture<Long> purged = new CompletableFuture<>();
            node.queue.purge(purged::complete);
            assertThat(purged.join()).isEqualTo(ready.size());
            ready.clear();
          }
          case RESTART -> {
            for (Delivery each : out) {
              ready.put(number(each), isPersistent(each));
              redelivered.put(number(each), true);
            }
            out.clear();
            ready.values().removeIf(persistent -> !persistent);
            node.close();
            node = new Node(folder);
          }
        }
      }
      List<Integer> left = new ArrayList<>();
      for (Delivery got = node.get(); got != null; got = node.get()) {
        left.add(number(got));
      }
      assertThat(left).containsExactlyElementsOf(ready.keySet());
    } finally {
      node.close();
      delete(folder);
    }
  }

  private static int number(Delivery delivery) {
    return ByteBuffer.wrap(delivery.message().body()).getInt();
  }

  private static boolean isPersistent(Delivery delivery) {
    return delivery.message().properties().persistent();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
