package io.millrace.cdn.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.view.NodeTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Pages, whatever their bounds, together are the partition. */
class RecordChunkPropertyTest {

  private static final int RECORDS = 200;
  private static final Pattern ID = Pattern.compile("\"offset\":(\\d+)");

  @SuppressWarnings("NullAway.Init")
  private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static NodeTopics node;

  @BeforeContainer
  static void fill() throws Exception {
    folder = Files.createTempDirectory("chunks");
    node = new NodeTopics(folder);
    node.make("t", 1);
    for (int i = 0; i < RECORDS; i++) {
      node.append("t", 0, "k" + i, "v".repeat(i));
    }
  }

  @AfterContainer
  static void drop() throws IOException {
    node.close();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Property(tries = 100)
  void anySequenceOfReadsSeesEachRecordOnceAndInOrder(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 60) Integer> limits,
      @ForAll @IntRange(min = 1, max = 5000) int maxBytes,
      @ForAll RecordChunk.Form form) {
    List<Long> seen = new ArrayList<>();
    long offset = 0;
    for (int i = 0; offset < RECORDS; i++) {
      int limit = limits.get(i % limits.size());
      RecordChunk chunk = RecordChunk.read(node.partition("t", 0), offset, limit, maxBytes, form);
      assertThat(chunk.records()).isBetween(1, limit);
      assertThat(chunk.next()).isEqualTo(offset + chunk.records());
      Matcher ids = ID.matcher(new String(chunk.bytes(), java.nio.charset.StandardCharsets.UTF_8));
      while (ids.find()) {
        seen.add(Long.parseLong(ids.group(1)));
      }
      assertThat(seen).as("records by then").hasSize((int) chunk.next());
      offset = chunk.next();
    }
    assertThat(seen).isEqualTo(LongStream.range(0, RECORDS).boxed().toList());
  }
}
