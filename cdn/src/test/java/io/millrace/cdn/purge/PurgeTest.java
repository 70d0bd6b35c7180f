package io.millrace.cdn.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.RawAnswer;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.store.DiskEdge;
import io.millrace.cdn.view.NodeTopics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Purges of an edge with a disk tier, by the topic of a real broker. */
class PurgeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private ScriptedOrigin origin;
  private NodeTopics node;
  private final AtomicInteger made = new AtomicInteger();

  @BeforeEach
  void open() throws Exception {
    origin = new ScriptedOrigin();
    node = new NodeTopics(Files.createDirectory(folder.resolve("data")));
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    "body " + made.incrementAndGet(),
                    "Cache-Control: max-age=3600, stale-while-revalidate=600",
                    "Surrogate-Key: all-of-it of" + request.line().split(" ", -1)[1])));
  }

  @AfterEach
  void close() throws Exception {
    node.close();
    origin.close();
  }

  private DiskEdge edge(String name) {
    DiskEdge edge = new DiskEdge(folder.resolve(name), origin, node.topics());
    // The disk serves once the purges of before are known.
    await().atMost(PATIENCE).until(() -> edge.disk().isServing());
    return edge;
  }

  private static void purge(DiskEdge edge, Purge purge) throws Exception {
    long unused =
        Objects.requireNonNull(edge.edge.purges())
            .purge(purge)
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  private static Purge url(String path) {
    return Purge.ofUrl("http://SITE" + path, false, System.currentTimeMillis());
  }

  private static String body(DiskEdge edge, String path) throws IOException {
    RawAnswer answer = edge.get(path);
    assertThat(answer.status()).isEqualTo(200);
    return new String(answer.body(), StandardCharsets.US_ASCII);
  }

  @Test
  void aPurgedResourceIsFetchedAnewAndOthersAreNot() throws Exception {
    try (DiskEdge edge = edge("a")) {
      String one = body(edge, "/one?x=1");
      String two = body(edge, "/two");
      assertThat(body(edge, "/one?x=1")).isEqualTo(one);

      purge(edge, url("/./%6fne?x=1"));

      assertThat(body(edge, "/one?x=1")).isNotEqualTo(one);
      assertThat(body(edge, "/two")).isEqualTo(two);
      String renewed = body(edge, "/one?x=1");
      assertThat(body(edge, "/one?x=1")).isEqualTo(renewed);
    }
  }

  @Test
  void aPrefixAKeyAndEverythingCanBePurged() throws Exception {
    try (DiskEdge edge = edge("a")) {
      String image = body(edge, "/img/1");
      String page = body(edge, "/page");
      purge(edge, Purge.ofPrefix("site/im", false, System.currentTimeMillis()));
      assertThat(body(edge, "/img/1")).isNotEqualTo(image);
      assertThat(body(edge, "/page")).isEqualTo(page);

      image = body(edge, "/img/1");
      purge(edge, new Purge(Purge.Scope.KEY, "of/page", false, System.currentTimeMillis()));
      assertThat(body(edge, "/page")).isNotEqualTo(page);
      assertThat(body(edge, "/img/1")).isEqualTo(image);

      page = body(edge, "/page");
      purge(edge, new Purge(Purge.Scope.ALL, "", false, System.currentTimeMillis()));
      assertThat(body(edge, "/page")).isNotEqualTo(page);
      assertThat(body(edge, "/img/1")).isNotEqualTo(image);
    }
  }

  @Test
  void aSoftPurgeMakesStaleWhatCanBeServedWhileItIsFetchedAnew() throws Exception {
    try (DiskEdge edge = edge("a")) {
      String before = body(edge, "/one");

      purge(edge, Purge.ofUrl("site/one", true, System.currentTimeMillis()));

      RawAnswer stale = edge.get("/one");
      assertThat(stale.cacheStatus()).contains("stale-while-revalidate");
      assertThat(new String(stale.body(), StandardCharsets.US_ASCII)).isEqualTo(before);
      await().atMost(PATIENCE).until(() -> !body(edge, "/one").equals(before));
    }
  }

  @Test
  void anEdgeThatWasAwayCatchesUpBeforeItServesFromDisk() throws Exception {
    String one;
    String two;
    try (DiskEdge away = edge("a")) {
      one = body(away, "/one");
      two = body(away, "/two");
      await().atMost(PATIENCE).until(() -> away.disk().objects() == 2);
    }
    try (DiskEdge other = edge("b")) {
      purge(other, url("/one"));
    }

    try (DiskEdge back = edge("a")) {
      assertThat(body(back, "/two")).isEqualTo(two);
      assertThat(body(back, "/one")).isNotEqualTo(one);
    }
  }

  @Test
  void allEdgesActUponAPurge() throws Exception {
    try (DiskEdge one = edge("a");
        DiskEdge other = edge("b")) {
      String mine = body(one, "/x");
      String theirs = body(other, "/x");

      purge(one, url("/x"));

      assertThat(body(one, "/x")).isNotEqualTo(mine);
      await().atMost(PATIENCE).until(() -> !body(other, "/x").equals(theirs));
    }
  }

  @Test
  void aTopicThatWasMadeAnewSaysNothingOfWhatWasStoredBefore() throws Exception {
    String one;
    try (DiskEdge edge = edge("a")) {
      purge(edge, url("/else"));
      one = body(edge, "/one");
      await().atMost(PATIENCE).until(() -> edge.disk().objects() == 1);
      node.drop(PurgeTopic.NAME);
    }
    try (DiskEdge other = edge("b")) {
      purge(other, url("/one"));
    }

    try (DiskEdge edge = edge("a")) {
      assertThat(body(edge, "/one")).isNotEqualTo(one);
    }
  }
}
