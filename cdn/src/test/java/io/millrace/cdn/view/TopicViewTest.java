package io.millrace.cdn.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.EventStream;
import io.millrace.cdn.EventStream.Event;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import io.millrace.log.batch.Compression;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicViewTest {

  @TempDir Path folder;
  private NodeTopics topics;
  private @Nullable TopicView view;
  private @Nullable EdgeFixture edge;

  @BeforeEach
  void topics() throws Exception {
    topics = new NodeTopics(folder);
    topics.make("departures", 2);
    topics.make("delays", 1);
  }

  @AfterEach
  void stop() {
    if (edge != null) {
      edge.close();
    }
    if (view != null) {
      view.close();
    }
    topics.close();
  }

  private static TopicViewSettings settings() {
    return TopicViewSettings.of(
        "/board",
        List.of(
            new ViewedTopic("departures", "departures", 3),
            new ViewedTopic("delays", "delays", 2)));
  }

  /** With no time in which caches may use what they have, so that each request tells the truth. */
  private static TopicViewSettings uncached(int publishesPerSecond, int replayEvents) {
    TopicViewSettings usual = settings();
    return new TopicViewSettings(
        "/board",
        usual.topics(),
        100,
        1 << 20,
        16,
        1024,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        publishesPerSecond,
        replayEvents);
  }

  private EdgeFixture serve(TopicViewSettings settings) {
    TopicView started = TopicView.start(topics.topics(), settings, Clock.system());
    view = started;
    edge =
        new EdgeFixture(
            new RouteTable(List.of(started.route())), Clock.system(), EdgeLimits.DEFAULT);
    await().until(started::isCaughtUp);
    return edge;
  }

  private static String body(EdgeFixture edge, String path) {
    try {
      return edge.get(path).body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String withoutVersions(String json) {
    return json.replaceAll(",\"version\":\\d+", "");
  }

  private static Callable<String> reading(EdgeFixture edge, String path) {
    return () -> withoutVersions(body(edge, path));
  }

  @Test
  void aKeysDocumentHoldsItsNewestValuesOfEachTopic() {
    for (int hour = 0; hour < 5; hour++) {
      topics.append("departures", 0, "SFO", "{\"hour\":" + hour + "}");
    }
    topics.append("delays", 0, "SFO", "{\"mean\":4.5}");
    topics.append("departures", 1, "LAX", "{\"hour\":0}");
    EdgeFixture edge = serve(uncached(0, 10));

    await()
        .until(
            reading(edge, "/board/SFO.json"),
            ("{\"key\":\"SFO\",\"departures\":[{\"hour\":2},{\"hour\":3},{\"hour\":4}],"
                    + "\"delays\":[{\"mean\":4.5}]}")
                ::equals);
    await()
        .until(
            reading(edge, "/board/LAX.json"),
            "{\"key\":\"LAX\",\"departures\":[{\"hour\":0}],\"delays\":[]}"::equals);

    topics.append("departures", 0, "SFO", "{\"hour\":5}");

    await()
        .until(reading(edge, "/board/SFO.json"), document -> document.contains("[{\"hour\":3},"));
  }

  @Test
  void theIndexHoldsAllKeysWithTheNewestValueOfEachTopic() {
    topics.append("departures", 0, "SFO", "1");
    topics.append("departures", 0, "SFO", "2");
    topics.append("delays", 0, "LAX", "\"late\"");
    EdgeFixture edge = serve(uncached(0, 10));

    await()
        .until(
            reading(edge, "/board/index.json"),
            index ->
                index.contains("\"SFO\":{\"departures\":2,\"delays\":null}")
                    && index.contains("\"LAX\":{\"departures\":null,\"delays\":\"late\"}"));
  }

  @Test
  void aDocumentCanBeCachedAndValidated() throws Exception {
    topics.append("departures", 0, "SFO", "1");
    EdgeFixture edge = serve(settings());

    HttpResponse<String> first = edge.get("/board/SFO.json");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(first.headers().firstValue("Cache-Control"))
        .hasValue("public, max-age=1, stale-while-revalidate=5");
    assertThat(first.headers().firstValue("Last-Modified")).isPresent();
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(tag).startsWith("\"");
    assertThat(edge.get("/board/SFO.json", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(edge.get("/board/index.json").headers().firstValue("ETag")).isPresent();
    // What clients say of caching does not bring more requests to the view.
    edge.get("/board/SFO.json", "Cache-Control", "no-cache");
    assertThat(edge.edge.cacheFigures().originFetches.sum()).isLessThanOrEqualTo(3);
  }

  @Test
  void aMissingKeyIsToldInAFormForPrograms() throws Exception {
    EdgeFixture edge = serve(settings());

    HttpResponse<String> missing = edge.get("/board/X%22Y.json");

    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(missing.headers().firstValue("Cache-Control")).hasValue("public, max-age=1");
    assertThat(missing.body())
        .startsWith("{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,")
        .contains("there is no key \\\"X\\\"Y\\\"");
  }

  @Test
  void keysOfAnyTextCanBeAskedFor() {
    topics.append("departures", 0, "São \"1\"/2", "1");
    EdgeFixture edge = serve(uncached(0, 10));

    await()
        .until(
            reading(edge, "/board/S%C3%A3o%20%221%22%2F2.json"),
            "{\"key\":\"São \\\"1\\\"/2\",\"departures\":[1],\"delays\":[]}"::equals);
  }

  @Test
  void whatIsNoJsonIsShownAsAString() {
    topics.append("departures", 0, "a", "on time\n");
    topics.append("departures", 0, "a", "{\"open\":");
    topics.append("departures", 0, "a", "{\n\"x\" :\r\n1}");
    EdgeFixture edge = serve(uncached(0, 10));

    await()
        .until(
            reading(edge, "/board/a.json"),
            ("{\"key\":\"a\",\"departures\":[\"on time\\n\",\"{\\\"open\\\":\","
                    + "{ \"x\" :  1}],\"delays\":[]}")
                ::equals);
    assertThat(view().figures().quoted.sum()).isEqualTo(2);
  }

  @Test
  void recordsThatCannotBeShownAreCountedAndSkipped() {
    topics.append("departures", 0, null, "1");
    topics.append("departures", 0, "", "1");
    topics.append("departures", 0, "k".repeat(17), "1");
    topics.append("departures", 0, "a", '"' + "v".repeat(1024) + '"');
    topics.append(
        "departures",
        0,
        NodeTopics.bytes("a"),
        ByteBuffer.wrap(new byte[] {(byte) 0xff}),
        Compression.ZSTD);
    serve(uncached(0, 10));

    await().until(() -> view().figures().skipped.sum() == 5);
    assertThat(view().keys()).isZero();
  }

  @Test
  void aRecordWithoutAValueTakesItsTopicsValuesAway() throws Exception {
    topics.append("departures", 0, "SFO", "1");
    topics.append("delays", 0, "SFO", "2");
    EdgeFixture edge = serve(uncached(0, 10));
    topics.append("departures", 0, "SFO", null);
    await()
        .until(
            reading(edge, "/board/SFO.json"),
            "{\"key\":\"SFO\",\"departures\":[],\"delays\":[2]}"::equals);

    topics.append("delays", 0, "SFO", null);

    await().until(() -> edge.get("/board/SFO.json").statusCode() == 404);
    assertThat(withoutVersions(body(edge, "/board/index.json"))).isEqualTo("{\"keys\":{}}");
  }

  @Test
  void theKeyThatChangedLongestAgoMakesRoom() throws Exception {
    for (int i = 0; i < 100; i++) {
      topics.append("departures", 0, "k" + i, "1");
    }
    EdgeFixture edge = serve(uncached(0, 10));
    await().until(() -> view().keys() == 100);
    topics.append("departures", 0, "k0", "2");
    topics.append("departures", 0, "new", "1");

    await().until(() -> edge.get("/board/new.json").statusCode() == 200);

    assertThat(edge.get("/board/k0.json").statusCode()).isEqualTo(200);
    assertThat(edge.get("/board/k1.json").statusCode()).isEqualTo(404);
    assertThat(view().keys()).isEqualTo(100);
    assertThat(view().figures().evicted.sum()).isEqualTo(1);
    String index = body(edge, "/board/index.json");
    assertThat(index).contains("\"new\":", "\"k99\":").doesNotContain("\"k1\":");
  }

  @Test
  void memoryOfKeysAndValuesIsBounded() {
    TopicViewSettings usual = uncached(0, 10);
    serve(
        new TopicViewSettings(
            "/board",
            usual.topics(),
            10_000,
            64 * 1024,
            16,
            4096,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            0,
            10));

    for (int i = 0; i < 200; i++) {
      topics.append("departures", 0, "k" + i, '"' + "v".repeat(1000) + '"');
    }

    await().until(() -> view().figures().records.sum() == 200);
    assertThat(view().bytes()).isLessThanOrEqualTo(64 * 1024);
    assertThat(view().figures().evicted.sum()).isPositive();
  }

  @Test
  void viewersAreToldTheStateAndThenWhatIsNew() throws Exception {
    topics.append("departures", 0, "SFO", "1");
    EdgeFixture edge = serve(uncached(0, 10));
    try (EventStream viewer = new EventStream(edge.connect(), "/board/SFO/live", null)) {
      assertThat(viewer.head).startsWith("HTTP/1.1 200").contains("text/event-stream");
      Event state = viewer.expect();
      assertThat(state.name()).isEqualTo("replace");
      assertThat(withoutVersions(state.data()))
          .isEqualTo("{\"key\":\"SFO\",\"departures\":[1],\"delays\":[]}");
      assertThat(state.data()).contains("\"version\":" + state.id());

      topics.append("departures", 0, "LAX", "9");
      topics.append("departures", 0, "SFO", "2");

      Event update = viewer.expect();
      assertThat(update.name()).isEqualTo("update");
      assertThat(withoutVersions(update.data())).isEqualTo("{\"key\":\"SFO\",\"departures\":[2]}");
      assertThat(Long.parseLong(String.valueOf(update.id())))
          .isGreaterThan(Long.parseLong(String.valueOf(state.id())));
    }
    await().until(() -> edge.edge.figures().viewersNow() == 0);
  }

  @Test
  void viewersOfAllKeysAreToldOfEach() throws Exception {
    topics.append("departures", 0, "SFO", "1");
    EdgeFixture edge = serve(uncached(0, 10));
    try (EventStream viewer = new EventStream(edge.connect(), "/board/live", null)) {
      Event state = viewer.expect();
      assertThat(state.name()).isEqualTo("state");
      assertThat(withoutVersions(state.data()))
          .isEqualTo("{\"keys\":{\"SFO\":{\"departures\":1,\"delays\":null}}}");

      topics.append("delays", 0, "SFO", "2");
      assertThat(withoutVersions(viewer.expect().data()))
          .isEqualTo("{\"key\":\"SFO\",\"delays\":[2]}");
      topics.append("delays", 0, "LAX", "3");
      Event replace = viewer.expect();
      assertThat(replace.name()).isEqualTo("replace");
      assertThat(withoutVersions(replace.data()))
          .isEqualTo("{\"key\":\"LAX\",\"departures\":[],\"delays\":[3]}");
    }
  }

  @Test
  void aViewerThatComesBackIsToldWhatItMissed() throws Exception {
    topics.append("departures", 0, "SFO", "0");
    EdgeFixture edge = serve(uncached(0, 4));
    String seen;
    List<String> told = new ArrayList<>();
    // One loop's viewers keep its ring; the same client may come back on any loop.
    try (EventStream one = new EventStream(edge.connect(), "/board/SFO/live", null);
        EventStream two = new EventStream(edge.connect(), "/board/SFO/live", null)) {
      one.expect();
      two.expect();
      topics.append("departures", 0, "SFO", "1");
      seen = String.valueOf(one.expect().id());
      two.expect();
      for (int i = 2; i < 5; i++) {
        topics.append("departures", 0, "SFO", Integer.toString(i));
        told.add(one.expect().data());
        two.expect();
      }
    }

    try (EventStream back = new EventStream(edge.connect(), "/board/SFO/live", seen)) {
      for (String data : told) {
        Event event = back.expect();
        assertThat(event.name()).isEqualTo("update");
        assertThat(event.data()).isEqualTo(data);
      }
    }
    for (int i = 5; i < 20; i++) {
      topics.append("departures", 0, "SFO", Integer.toString(i));
    }
    await().until(reading(edge, "/board/SFO.json"), text -> text.contains("[17,18,19]"));
    try (EventStream late = new EventStream(edge.connect(), "/board/SFO/live", seen);
        EventStream stranger = new EventStream(edge.connect(), "/board/SFO/live", "9".repeat(16))) {
      assertThat(late.expect().name()).isIn("replace", "update");
      assertThat(stranger.expect().name()).isEqualTo("replace");
    }
  }

  @Test
  void aPageThatKnowsADocumentIsToldOnlyWhatFollows() throws Exception {
    topics.append("departures", 0, "SFO", "0");
    EdgeFixture edge = serve(uncached(0, 10));
    String document = body(edge, "/board/SFO.json");
    String version = document.replaceAll(".*\"version\":(\\d+)}", "$1");

    try (EventStream viewer =
        new EventStream(edge.connect(), "/board/SFO/live?lastEventId=" + version, null)) {
      topics.append("departures", 0, "SFO", "1");
      assertThat(withoutVersions(viewer.expect().data()))
          .isEqualTo("{\"key\":\"SFO\",\"departures\":[1]}");
    }
  }

  @Test
  void aViewerCanWaitForAKey() throws Exception {
    EdgeFixture edge = serve(uncached(0, 10));
    try (EventStream viewer = new EventStream(edge.connect(), "/board/NEW/live", null)) {
      assertThat(withoutVersions(viewer.expect().data()))
          .isEqualTo("{\"key\":\"NEW\",\"departures\":[],\"delays\":[]}");
      topics.append("departures", 1, "NEW", "1");
      assertThat(withoutVersions(viewer.expect().data()))
          .isEqualTo("{\"key\":\"NEW\",\"departures\":[1],\"delays\":[]}");
    }
  }

  @Test
  void changesThatComeFasterThanTheyMayBePublishedAreToldTogether() throws Exception {
    topics.append("departures", 0, "SFO", "0");
    EdgeFixture edge = serve(uncached(2, 10));
    try (EventStream viewer = new EventStream(edge.connect(), "/board/SFO/live", null)) {
      viewer.expect();
      for (int i = 1; i <= 50; i++) {
        topics.append("departures", 0, "SFO", Integer.toString(i));
      }
      int events = 0;
      String last = "";
      while (!last.contains("50]")) {
        last = viewer.expect().data();
        events++;
      }
      assertThat(events).isLessThan(20);
      // No more than a document holds; what was pushed out of it is not told either.
      assertThat(withoutVersions(last)).endsWith("[48,49,50]}");
    }
  }

  @Test
  void manyViewersCostTheLogOneRead() throws Exception {
    topics.append("departures", 0, "SFO", "0");
    EdgeFixture edge = serve(uncached(0, 10));
    List<EventStream> viewers = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        EventStream viewer = new EventStream(edge.connect(), "/board/SFO/live", null);
        viewers.add(viewer);
        viewer.expect();
      }
      long reads = view().figures().reads.sum();
      long encoded = view().figures().events.sum();

      topics.append("departures", 0, "SFO", "1");
      for (EventStream viewer : viewers) {
        assertThat(viewer.expect().data()).contains("[1]");
      }

      assertThat(view().figures().reads.sum()).isEqualTo(reads + 1);
      assertThat(view().figures().events.sum()).isEqualTo(encoded + 1);
      assertThat(edge.edge.figures().eventsDelivered.sum()).isGreaterThanOrEqualTo(500);
    } finally {
      for (EventStream viewer : viewers) {
        viewer.close();
      }
    }
  }

  /** What one viewer knows of one key, put together of events alone. */
  private static final class Replica {

    private final Map<String, List<Integer>> values = new HashMap<>();
    private @Nullable String lastEventId;

    void apply(Event event) {
      lastEventId = event.id();
      for (ViewedTopic topic : settings().topics()) {
        Matcher found =
            Pattern.compile('"' + topic.member() + "\":\\[([\\d,]*)]").matcher(event.data());
        if (event.name().equals("replace")) {
          values.put(topic.member(), new ArrayList<>());
        }
        if (found.find() && !found.group(1).isEmpty()) {
          List<Integer> all = values.computeIfAbsent(topic.member(), name -> new ArrayList<>());
          Stream.of(found.group(1).split(",", -1)).map(Integer::valueOf).forEach(all::add);
          all.subList(0, Math.max(0, all.size() - topic.keep())).clear();
        }
      }
    }

    boolean isComplete() {
      return values.size() == 2
          && values.values().stream().allMatch(all -> !all.isEmpty() && all.getLast() == LAST);
    }
  }

  private static final int LAST = 1_000_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void whatViewersPutTogetherIsTheDocumentWhereverTheyJoinAndComeBack(int publishesPerSecond)
      throws Exception {
    EdgeFixture edge = serve(uncached(publishesPerSecond, 8));
    List<Future<Replica>> replicas = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        Random random = new Random(i);
        String path = "/board/k" + i % 4 + "/live";
        replicas.add(
            threads.submit(
                () -> {
                  Replica replica = new Replica();
                  while (!replica.isComplete()) {
                    try (EventStream stream =
                        new EventStream(edge.connect(), path, replica.lastEventId)) {
                      for (int left = random.nextInt(1, 30);
                          left > 0 && !replica.isComplete();
                          left--) {
                        replica.apply(stream.expect());
                      }
                    }
                  }
                  return replica;
                }));
      }
      Random random = new Random(99);
      for (int i = 0; i < 3000; i++) {
        String topic = random.nextBoolean() ? "departures" : "delays";
        topics.append(topic, 0, "k" + random.nextInt(4), Integer.toString(i));
      }
      for (int key = 0; key < 4; key++) {
        topics.append("departures", 0, "k" + key, Integer.toString(LAST));
        topics.append("delays", 0, "k" + key, Integer.toString(LAST));
      }
      for (int i = 0; i < 16; i++) {
        Replica replica = replicas.get(i).get(30, TimeUnit.SECONDS);
        assertThat(withoutVersions(body(edge, "/board/k" + i % 4 + ".json")).replace(" ", ""))
            .isEqualTo(
                "{\"key\":\"k%d\",\"departures\":%s,\"delays\":%s}"
                    .formatted(
                        i % 4, replica.values.get("departures"), replica.values.get("delays"))
                    .replace(" ", ""));
      }
    }
  }

  @Test
  void topicsMayComeGoAndComeBack() throws Exception {
    topics.drop("delays");
    topics.append("departures", 0, "SFO", "1");
    EdgeFixture edge = serve(uncached(0, 10));
    topics.make("delays", 1);
    topics.append("delays", 0, "SFO", "2");
    await()
        .until(
            reading(edge, "/board/SFO.json"),
            "{\"key\":\"SFO\",\"departures\":[1],\"delays\":[2]}"::equals);

    topics.drop("delays");
    topics.make("delays", 1);

    await()
        .until(
            reading(edge, "/board/SFO.json"),
            "{\"key\":\"SFO\",\"departures\":[1],\"delays\":[]}"::equals);
  }

  @Test
  void recordsThatRetentionTookBeforeTheyWereReadAreLeftOut() {
    for (int i = 0; i < 10; i++) {
      topics.append("departures", 0, "k" + i, "1");
    }
    topics.partition("departures", 0).deleteBefore(8);
    serve(uncached(0, 10));

    await().until(() -> view().keys() == 2);
  }

  @Test
  void closingEndsTheViewers() throws Exception {
    topics.append("departures", 0, "SFO", "1");
    EdgeFixture edge = serve(uncached(0, 10));
    try (EventStream viewer = new EventStream(edge.connect(), "/board/SFO/live", null)) {
      viewer.expect();

      view().close();

      assertThat(viewer.next()).isNull();
    }
  }

  @Test
  void whatItDoesIsPublished() {
    topics.append("departures", 0, "SFO", "1");
    serve(settings());
    SimpleMeterRegistry registry = new SimpleMeterRegistry();

    view().bindTo(registry);
    edge().edge.bindTo(registry);

    assertThat(registry.get("millrace.edge.view.keys").tag("path", "/board").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("millrace.edge.connections").gauge().value()).isZero();
    for (String result : List.of("hit", "stale", "miss", "pass")) {
      assertThat(
              registry
                  .get("millrace.edge.cache.lookups")
                  .tag("result", result)
                  .functionCounter()
                  .count())
          .isZero();
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> TopicViewSettings.of("/board/", settings().topics()))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.views.path");
    assertThatThrownBy(() -> new ViewedTopic("t", "key", 1))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.views.topics.member");
    assertThatThrownBy(() -> new ViewedTopic("t", "m", 0))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("from 1 to 10000");
  }

  private TopicView view() {
    return Objects.requireNonNull(view);
  }

  private EdgeFixture edge() {
    return Objects.requireNonNull(edge);
  }
}
