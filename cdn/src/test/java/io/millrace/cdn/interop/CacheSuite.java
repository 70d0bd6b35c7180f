package io.millrace.cdn.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of the public suite {@code http-cache-tests}: an origin of its own, and a client that
 * compares what the origin was asked with what came out of the cache. Its script is in {@code
 * src/test/interop}.
 */
final class CacheSuite implements AutoCloseable {

  private static final Path SCRIPTS = Path.of("src/test/interop").toAbsolutePath();
  private static final long PATIENCE_SECONDS = 240;

  private final Process process;
  private final BufferedReader out;
  private final int originPort;

  /** What became of one test. */
  record Result(String id, String kind, String name, boolean passed, String detail) {}

  /** What became of all. */
  record Score(List<Result> results) {

    private String of(String kind) {
      List<Result> these = results.stream().filter(each -> each.kind().equals(kind)).toList();
      return these.stream().filter(Result::passed).count() + "/" + these.size();
    }

    @Override
    public String toString() {
      return "required "
          + of("required")
          + ", optimal "
          + of("optimal")
          + ", checks "
          + of("check");
    }
  }

  /**
   * Starts the suite's origin; skips the calling test where node or the suite is missing.
   *
   * @param expectedToFail tests that are run only once
   */
  CacheSuite(Path folder, Collection<String> expectedToFail) throws IOException {
    assumeTrue(
        Files.isDirectory(SCRIPTS.resolve("node_modules/http-cache-tests")),
        () -> "http-cache-tests is not installed in " + SCRIPTS);
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("node", "--no-warnings", SCRIPTS.resolve("http_cache_tests.mjs").toString()));
    command.addAll(expectedToFail);
    try {
      process =
          new ProcessBuilder(command)
              .redirectError(Files.createTempFile(folder, "suite", ".err").toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "node is not installed here");
      throw e;
    }
    out = process.inputReader(StandardCharsets.UTF_8);
    String first = String.valueOf(out.readLine());
    if (!first.startsWith("port ")) {
      throw new AssertionError("the suite's origin has not started: " + first);
    }
    originPort = Integer.parseInt(first.substring(5));
  }

  /** Where the suite's origin listens, on 127.0.0.1. */
  int originPort() {
    return originPort;
  }

  /** Lets the suite begin with the cache that listens at a port. */
  void begin(int cachePort) throws IOException {
    process
        .getOutputStream()
        .write(("http://127.0.0.1:" + cachePort + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  /** Waits for the suite's end. */
  Score score() throws IOException, InterruptedException {
    Process watched = process;
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                if (!watched.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  watched.destroyForcibly();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    String printed = out.readLine();
    if (printed == null) {
      throw new AssertionError("the suite has ended without a result");
    }
    return new Score(parse(printed));
  }

  private static List<Result> parse(String json) throws IOException {
    List<Result> results = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String id = parser.currentName();
        String kind = "";
        String name = "";
        String detail = "";
        boolean passed = false;
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String member = parser.currentName();
          parser.nextToken();
          switch (member) {
            case "kind" -> kind = parser.getText();
            case "name" -> name = parser.getText();
            case "detail" -> detail = parser.getText();
            default -> passed = parser.getBooleanValue();
          }
        }
        results.add(new Result(id, kind, name, passed, detail));
      }
    }
    results.sort(Comparator.comparing(Result::kind).reversed().thenComparing(Result::id));
    return results;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
