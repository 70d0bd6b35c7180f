package io.millrace.app.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A SQL session with a node's console. One thread runs scripts; any thread may {@link #cancel} the
 * one that runs.
 */
public final class ConsoleClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final URI console;
  private final String session = UUID.randomUUID().toString();
  private volatile @Nullable InputStream running;
  private volatile boolean cancelled;

  /** Speaks to the console at this address, such as {@code http://127.0.0.1:8081}. */
  public ConsoleClient(URI console) {
    this.console = console;
  }

  /**
   * Runs a script to its end. A SELECT has none of its own: {@link #cancel} ends it.
   *
   * @param onLine told of each line of the answer as it comes
   * @throws SqlRefusedException when the script cannot be run, or no console answers
   */
  public void run(String script, Consumer<SqlAnswer> onLine) {
    cancelled = false;
    String name = URLEncoder.encode(session, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(console.resolve("/api/sql?session=" + name))
            .header("Content-Type", "application/sql")
            .header("Accept", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(script))
            .build();
    try (InputStream body = send(request)) {
      running = body;
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          onLine.accept(SqlAnswer.of(json.readTree(line)));
        }
      }
    } catch (IOException e) {
      if (!cancelled) {
        throw new SqlRefusedException("the console ended the answer early: " + e.getMessage());
      }
    } finally {
      running = null;
    }
  }

  /** Ends the script that runs, if there is one. A job that it has started goes on. */
  public void cancel() {
    InputStream body = running;
    if (body != null) {
      cancelled = true;
      try {
        body.close();
      } catch (IOException e) {
        // It ended by itself.
      }
    }
  }

  /** What the console tells of a job. */
  public JsonNode job(String id) {
    String name = URLEncoder.encode(id, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(console.resolve("/api/jobs/" + name)).timeout(ANSWER).build();
    try (InputStream body = send(request)) {
      return json.readTree(body);
    } catch (IOException e) {
      throw new SqlRefusedException("the console ended the answer early: " + e.getMessage());
    }
  }

  private InputStream send(HttpRequest request) {
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() == 200) {
        return response.body();
      }
      try (InputStream body = response.body()) {
        throw refusal(response.statusCode(), body.readAllBytes());
      }
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new SqlRefusedException(
          "no console answers at " + console + "; start a node (millrace start) or use --console");
    } catch (IOException e) {
      throw new SqlRefusedException("the console did not answer: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SqlRefusedException("interrupted");
    }
  }

  /** A problem document (RFC 9457) as a sentence. */
  private SqlRefusedException refusal(int status, byte[] body) {
    JsonNode problem;
    try {
      problem = json.readTree(body);
    } catch (IOException e) {
      problem = json.nullNode();
    }
    String detail = problem.path("detail").asText();
    if (detail.isEmpty()) {
      detail = "the console answered with status " + status;
    }
    return new SqlRefusedException(
        problem.has("line") && !detail.startsWith("line ")
            ? "line %d, column %d: %s"
                .formatted(problem.get("line").asInt(), problem.path("column").asInt(), detail)
            : detail);
  }

  @Override
  public void close() {
    cancel();
    http.shutdownNow();
  }
}
