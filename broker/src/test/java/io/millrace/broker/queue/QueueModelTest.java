package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.RouteSet;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Two durable queues behind an exchange, their windows small, against lists of numbers. Now and
 * then the node is started anew, or its folder is copied as a kill would leave it.
 */
class QueueModelTest {

  private static final String[] QUEUES = {"a", "b"};
  private static final String[] KEYS = {"k", "l"};
  private static final int TTL_MILLIS = 1000;

  /** What is done. */
  enum Act {
    DECLARE,
    BIND,
    UNBIND,
    PUBLISH,
    PUBLISH_TRANSIENT,
    PUBLISH_EXPIRING,
    GET,
    ACKNOWLEDGE,
    REJECT,
    REQUEUE,
    EXPIRE,
    PURGE,
    DELETE,
    RESTART,
    CRASH
  }

  /** To which of the two queues, or with which of the two keys. */
  record Step(Act act, int queue, int key) {}

  /** A message as the model knows it. */
  private record Held(boolean persistent, long expiresAt, boolean redelivered) {

    Held returned() {
      return new Held(persistent, expiresAt, true);
    }
  }

  /** A queue as it should be. */
  private static final class Expected {
    final TreeMap<Integer, Held> ready = new TreeMap<>();
    final TreeMap<Integer, Held> out = new TreeMap<>();
    final List<Delivery> deliveries = new ArrayList<>();

    /** The next number, those that have waited too long being gone. */
    @Nullable Integer next(long now) {
      Iterator<Map.Entry<Integer, Held>> each = ready.entrySet().iterator();
      while (each.hasNext()) {
        Map.Entry<Integer, Held> first = each.next();
        if (first.getValue().expiresAt > now) {
          return first.getKey();
        }
        each.remove();
      }
      return null;
    }

    void restarted() {
      out.forEach((number, held) -> ready.put(number, held.returned()));
      out.clear();
      deliveries.clear();
      ready.values().removeIf(held -> !held.persistent);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Act> act =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.of(Act.PUBLISH, Act.PUBLISH_TRANSIENT, Act.PUBLISH_EXPIRING)),
            Tuple.of(25, Arbitraries.just(Act.GET)),
            Tuple.of(25, Arbitraries.of(Act.ACKNOWLEDGE, Act.REJECT, Act.REQUEUE)),
            Tuple.of(5, Arbitraries.of(Act.BIND, Act.UNBIND, Act.DECLARE)),
            Tuple.of(3, Arbitraries.just(Act.EXPIRE)),
            Tuple.of(1, Arbitraries.of(Act.PURGE, Act.DELETE)),
            Tuple.of(3, Arbitraries.of(Act.RESTART, Act.CRASH)));
    return Combinators.combine(act, Arbitraries.integers().between(0, 1), Arbitraries.of(0, 1))
        .as(Step::new)
        .list()
        .ofMinSize(60)
        .ofMaxSize(140);
  }

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void handsOutWhatTheModelHandsOut(@ForAll("steps") List<Step> steps) throws IOException {
    Path folder = Files.createTempDirectory("queue-model");
    try (Run run = new Run(folder)) {
      for (Step step : steps) {
        run.take(step);
      }
      run.drain();
    } finally {
      Folders.delete(folder);
    }
  }

  /** A node and what is expected of it. */
  private static final class Run implements AutoCloseable {
    private final Path folder;
    private final SteppedClock clock = new SteppedClock();
    private final Expected[] expected = {new Expected(), new Expected()};
    private final Set<Binding> bindings = new HashSet<>();
    private QueueNode node;
    private int copies;
    private int next;

    Run(Path folder) {
      this.folder = folder;
      node = new QueueNode(folder.resolve("0"), clock);
      node.host()
          .declareExchange(
              new ExchangeDefinition("/", "x", ExchangeType.DIRECT, true, false, false, Map.of()))
          .toCompletableFuture()
          .join();
      take(new Step(Act.BIND, 0, 0));
      take(new Step(Act.BIND, 1, 0));
      take(new Step(Act.BIND, 1, 1));
    }

    private MessageQueue queue(int index) {
      return node.declare(QUEUES[index], true, Map.of());
    }

    void take(Step step) {
      Expected model = expected[step.queue];
      switch (step.act) {
        case DECLARE -> assertThat(queue(step.queue).name()).isEqualTo(QUEUES[step.queue]);
        case BIND, UNBIND -> bind(step);
        case PUBLISH -> publish(step.key, true, -1);
        case PUBLISH_TRANSIENT -> publish(step.key, false, -1);
        case PUBLISH_EXPIRING -> publish(step.key, true, TTL_MILLIS);
        case GET -> get(step.queue);
        case ACKNOWLEDGE -> settle(model, Settlement.ACKNOWLEDGE);
        case REJECT -> settle(model, Settlement.REJECT);
        case REQUEUE -> settle(model, Settlement.REQUEUE);
        case EXPIRE -> clock.advance(2 * TTL_MILLIS);
        case PURGE -> {
          CompletableFuture<Long> purged = new CompletableFuture<>();
          queue(step.queue).purge(purged::complete);
          assertThat(purged.join()).isLessThanOrEqualTo(model.ready.size());
          model.ready.clear();
        }
        case DELETE -> {
          node.host()
              .deleteQueue(QUEUES[step.queue], false, false, null)
              .toCompletableFuture()
              .join();
          bindings.removeIf(each -> each.destination().equals(QUEUES[step.queue]));
          expected[step.queue] = new Expected();
        }
        case RESTART -> {
          node.close();
          node = new QueueNode(current(), clock);
          restarted();
        }
        case CRASH -> crash();
      }
    }

    private Path current() {
      return folder.resolve(Integer.toString(copies));
    }

    /** What was acknowledged is written down before a declaration is answered. */
    private void crash() {
      for (int i = 0; i < QUEUES.length; i++) {
        long unused = QueueNode.status(queue(i));
      }
      Path before = current();
      copies++;
      try {
        Folders.copy(before, current());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      node.close();
      node = new QueueNode(current(), clock);
      restarted();
    }

    private void restarted() {
      for (Expected each : expected) {
        each.restarted();
      }
    }

    private void bind(Step step) {
      MessageQueue unused = queue(step.queue);
      Binding binding = new Binding("/", "x", false, QUEUES[step.queue], KEYS[step.key], Map.of());
      if (step.act == Act.BIND) {
        node.host().bind(binding, null).toCompletableFuture().join();
        bindings.add(binding);
      } else {
        node.host().unbind(binding, null).toCompletableFuture().join();
        bindings.remove(binding);
      }
    }

    private void publish(int key, boolean persistent, long ttl) {
      // Some are long enough for both queues to share the body.
      byte[] body = ByteBuffer.allocate(next % 3 == 0 ? 300 : 4).putInt(next).array();
      Message message = new Message("x", KEYS[key], new TestProperties(persistent, ttl), body);
      Exchange exchange = node.host().exchangeOrRefuse("x");
      RouteSet routes = new RouteSet();
      node.host().route(exchange, message, routes);
      Message stored = node.host().share(message, routes.queues());
      routes
          .queues()
          .forEach(each -> ((Inbox) each).publish(List.of(new Publication(stored, null))));
      for (int i = 0; i < QUEUES.length; i++) {
        if (bindings.contains(new Binding("/", "x", false, QUEUES[i], KEYS[key], Map.of()))) {
          long expiresAt = ttl < 0 ? Long.MAX_VALUE : clock.millis() + ttl;
          expected[i].ready.put(next, new Held(persistent, expiresAt, false));
        }
      }
      next++;
    }

    private boolean get(int index) {
      Expected model = expected[index];
      Integer wanted = model.next(clock.millis());
      Delivery got = QueueNode.get(queue(index));
      if (wanted == null || got == null) {
        assertThat(got == null ? null : number(got)).isEqualTo(wanted);
        return false;
      }
      assertThat(number(got)).isEqualTo(wanted);
      Held held = model.ready.remove(wanted);
      if (held != null) {
        if (held.redelivered) {
          assertThat(got.redelivered()).isTrue();
        }
        model.out.put(wanted, held);
        model.deliveries.add(got);
      }
      return true;
    }

    private static void settle(Expected model, Settlement settlement) {
      if (model.deliveries.isEmpty()) {
        return;
      }
      Delivery settled = model.deliveries.remove(model.deliveries.size() / 2);
      int number = number(settled);
      settled.queue().settle(List.of(settled), settlement);
      Held held = model.out.remove(number);
      if (settlement == Settlement.REQUEUE && held != null) {
        model.ready.put(number, held.returned());
      }
    }

    void drain() {
      for (int i = 0; i < QUEUES.length; i++) {
        boolean more = true;
        while (more) {
          more = get(i);
        }
      }
    }

    @Override
    public void close() {
      node.close();
    }
  }

  private static int number(Delivery delivery) {
    return ByteBuffer.wrap(delivery.message().body()).getInt();
  }
}
