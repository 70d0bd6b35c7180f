package io.millrace.console.sql;

import io.millrace.console.http.Answer;
import io.millrace.console.http.BodySink;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import io.millrace.core.SettingException;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobStatus;
import io.millrace.streams.job.RowListener;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.Field;
import io.millrace.streams.plan.JobPlan;
import io.millrace.streams.sql.SqlResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs SQL scripts: starts their jobs, and answers what each statement came to. */
public final class SqlApi {

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final @Nullable JobRegistry jobs;
  private final SqlSessions sessions = new SqlSessions();
  private final AtomicLong selects = new AtomicLong();

  /** Over a node's jobs; null on a node that runs none. */
  public SqlApi(@Nullable JobRegistry jobs) {
    this.jobs = jobs;
  }

  /** {@code /api/sql}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("POST", "/api/sql", this::run));
  }

  private Answer run(Request request) throws InterruptedException {
    JobRegistry registry = jobs;
    if (registry == null) {
      throw new ProblemException(404, "This node runs no stream jobs.");
    }
    String type = request.mediaType();
    if (!type.equals("application/sql") && !type.equals("text/plain")) {
      throw new ProblemException(
          415, "A script is sent with Content-Type: application/sql, or text/plain.");
    }
    List<SqlResult> results = sessions.execute(request.query("session"), script(request));
    boolean rows =
        results.stream().anyMatch(result -> result instanceof SqlResult.Job job && job.select());
    RowLines lines = lines(request, rows);
    if (rows && lines != null) {
      return Answer.stream(lines.mediaType(), out -> answer(registry, results, lines, out));
    }
    List<Map<String, Object>> members = new ArrayList<>();
    for (SqlResult result : results) {
      members.add(member(registry, result, members));
    }
    if (lines == null) {
      return Json.answer(200, Map.of("results", members));
    }
    return Answer.stream(
        lines.mediaType(),
        out -> {
          for (Map<String, Object> member : members) {
            out.write(lines.line(member));
          }
        });
  }

  private static String script(Request request) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(request.body())).toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(400, "The script is not UTF-8 text.");
    }
  }

  /** How the answer is streamed; null for one JSON document. */
  private static @Nullable RowLines lines(Request request, boolean rows) {
    if (request.accepts(RowLines.EVENTS.mediaType())) {
      return RowLines.EVENTS;
    }
    if (request.accepts(RowLines.NDJSON.mediaType())) {
      return RowLines.NDJSON;
    }
    if (rows && request.accepts("application/json")) {
      throw new ProblemException(
          406,
          "The rows of a SELECT come as a stream: accept application/x-ndjson or"
              + " text/event-stream.");
    }
    return rows ? RowLines.NDJSON : null;
  }

  /** What a statement without rows came to; starts its job. */
  private static Map<String, Object> member(
      JobRegistry jobs, SqlResult result, List<Map<String, Object>> before) {
    return switch (result) {
      case SqlResult.Done done -> members("type", "done", "message", done.message());
      case SqlResult.Table table ->
          members("type", "table", "columns", table.columns(), "rows", table.rows());
      case SqlResult.Job job -> {
        JobRegistry.Entry entry = start(jobs, job.plan(), RowListener.NONE, before);
        yield members("type", "job", "id", entry.id(), "name", entry.job().name());
      }
    };
  }

  /** Starts a job. One that cannot be started ends the script; those before it go on. */
  private static JobRegistry.Entry start(
      JobRegistry jobs, JobPlan plan, RowListener caller, List<Map<String, Object>> before) {
    try {
      return jobs.start(plan, caller);
    } catch (JobException | SettingException e) {
      List<Object> started =
          before.stream()
              .filter(member -> "job".equals(member.get("type")))
              .map(member -> member.get("id"))
              .toList();
      throw new ProblemException(
          409,
          String.valueOf(e.getMessage()),
          started.isEmpty() ? Map.of() : Map.of("started", started));
    }
  }

  /** Answers statement by statement; a SELECT's rows come before what is after it. */
  private void answer(JobRegistry jobs, List<SqlResult> results, RowLines lines, BodySink out)
      throws IOException, InterruptedException {
    try {
      for (SqlResult result : results) {
        if (result instanceof SqlResult.Job job && job.select()) {
          select(jobs, job.plan(), lines, out);
        } else {
          out.write(lines.line(member(jobs, result, List.of())));
        }
      }
    } catch (ProblemException e) {
      // The head is out: the refusal can only be told in the stream.
      out.write(
          lines.line(members("type", "end", "state", "FAILED", "failure", e.problem().detail())));
    }
  }

  private void select(JobRegistry jobs, JobPlan plan, RowLines lines, BodySink out)
      throws IOException, InterruptedException {
    RowPipe pipe = new RowPipe(lines);
    JobRegistry.Entry entry = start(jobs, alone(plan), pipe, List.of());
    entry.job().ended().whenComplete((status, failure) -> pipe.end());
    out.whenGone(entry.job()::cancel);
    try {
      List<String> columns =
          plan.inserts().getFirst().rowType().fields().stream().map(Field::name).toList();
      out.write(lines.line(members("type", "select", "id", entry.id(), "columns", columns)));
      for (byte[] piece = pipe.take(HEARTBEAT); piece != null; piece = pipe.take(HEARTBEAT)) {
        out.write(piece.length == 0 ? lines.heartbeat() : piece);
      }
      JobStatus status = entry.job().status();
      out.write(
          lines.line(
              members(
                  "type",
                  "end",
                  "state",
                  status.state(),
                  "failure",
                  status.failure(),
                  "rows",
                  status.rowsOut())));
    } finally {
      entry.job().cancel();
    }
  }

  /**
   * A SELECT under a name of its own, since many may ask the same at a time, and from its start,
   * since its rows went to somebody else before.
   */
  private JobPlan alone(JobPlan plan) {
    Map<String, String> settings = new LinkedHashMap<>(plan.settings());
    settings.put("millrace.start", "fresh");
    return new JobPlan(
        "select-" + selects.incrementAndGet(), plan.inserts(), plan.zone(), settings);
  }

  private static Map<String, Object> members(@Nullable Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        members.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return members;
  }
}
