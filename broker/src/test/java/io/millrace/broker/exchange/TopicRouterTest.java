package io.millrace.broker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.exchange.Router.Bound;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class TopicRouterTest {

  private record Queue(String name) implements Destination.Queue {
    @Override
    public boolean isDurable() {
      return false;
    }
  }

  private record Routed(String routingKey) implements Routable {
    @Override
    public Map<String, Object> headers() {
      return Map.of();
    }

    @Override
    public @Nullable String property(String name) {
      return null;
    }
  }

  private static Bound bound(String pattern) {
    Binding binding = new Binding("/", "x", false, pattern, pattern, Map.of());
    return new Bound(binding, new Queue(pattern));
  }

  private static Set<String> route(TopicRouter router, String key) {
    RouteSet to = new RouteSet();
    router.route(new Routed(key), to);
    return to.queues().stream().map(Destination::name).collect(Collectors.toSet());
  }

  /** What the specification says, word by word. */
  private static boolean matches(List<String> pattern, List<String> key) {
    if (pattern.isEmpty()) {
      return key.isEmpty();
    }
    List<String> rest = pattern.subList(1, pattern.size());
    return switch (pattern.getFirst()) {
      case "#" ->
          matches(rest, key) || (!key.isEmpty() && matches(pattern, key.subList(1, key.size())));
      case "*" -> !key.isEmpty() && matches(rest, key.subList(1, key.size()));
      default ->
          !key.isEmpty()
              && pattern.getFirst().equals(key.getFirst())
              && matches(rest, key.subList(1, key.size()));
    };
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("a", "b", "", "*", "#")
        .list()
        .ofMaxSize(6)
        .map(words -> String.join(".", words));
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.of("a", "b", "", "c", "*", "#")
        .list()
        .ofMaxSize(6)
        .map(words -> String.join(".", words));
  }

  @Property(tries = 2000)
  void findsTheBindingsThatANaiveMatcherFinds(
      @ForAll("patternSets") Set<String> patterns,
      @ForAll("patternSets") Set<String> gone,
      @ForAll("keys") String key) {
    TopicRouter router = new TopicRouter();
    Set<String> left = new HashSet<>(patterns);
    left.addAll(gone);
    left.forEach(pattern -> router.bind(bound(pattern)));
    gone.forEach(pattern -> router.unbind(bound(pattern)));
    left.removeAll(gone);
    Set<String> expected = new LinkedHashSet<>();
    for (String pattern : left) {
      if (matches(TopicRouter.words(pattern), TopicRouter.words(key))) {
        expected.add(pattern);
      }
    }
    assertThat(route(router, key)).isEqualTo(expected);
  }

  @Provide
  Arbitrary<Set<String>> patternSets() {
    return patterns().set().ofMaxSize(12);
  }

  @Test
  void aBindingKeyOfManyWildcardsCostsNoMoreThanItsLength() {
    TopicRouter router = new TopicRouter();
    router.bind(bound("#.a.".repeat(60) + "#.b"));
    String key = "a.".repeat(120) + "a";
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertThat(route(router, key)).isEmpty());
  }
}
