package io.millrace.console.api;

import io.millrace.broker.BrokerException;
import io.millrace.cdn.EdgeServer;
import io.millrace.cdn.purge.Purge;
import io.millrace.cdn.purge.PurgeTopic;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Purges of the edge's cache: a request is answered once this node acts upon it. */
public final class PurgeApi {

  private static final long PATIENCE_SECONDS = 30;

  private final @Nullable EdgeServer edge;

  /** Over an edge, or over none. */
  public PurgeApi(@Nullable EdgeServer edge) {
    this.edge = edge;
  }

  /** {@code POST /api/edge/purge}. */
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("POST", "/api/edge/purge", this::purge));
  }

  /**
   * What is to be purged: just one of the first four.
   *
   * @param soft whether it becomes stale, rather than be given up; without it false
   */
  record Order(
      @Nullable String url,
      @Nullable String prefix,
      @Nullable String key,
      @Nullable Boolean all,
      @Nullable Boolean soft) {

    Purge purge(long now) {
      boolean gently = Boolean.TRUE.equals(soft);
      List<Purge> named = new ArrayList<>();
      if (url != null) {
        named.add(Purge.ofUrl(url, gently, now));
      }
      if (prefix != null) {
        named.add(Purge.ofPrefix(prefix, gently, now));
      }
      if (key != null) {
        named.add(new Purge(Purge.Scope.KEY, key.strip(), gently, now));
      }
      if (Boolean.TRUE.equals(all)) {
        named.add(new Purge(Purge.Scope.ALL, "", gently, now));
      }
      if (named.size() != 1) {
        throw new IllegalArgumentException(
            "the body names "
                + named.size()
                + " things to purge; allowed: one of the members url, prefix, key, or all as true");
      }
      return named.getFirst();
    }
  }

  /**
   * A purge that is in effect.
   *
   * @param offset of its record
   */
  record Done(String scope, String what, boolean soft, long time, long offset) {}

  private Answer purge(Request request) throws InterruptedException {
    PurgeTopic topic = edge == null ? null : edge.purges();
    if (edge == null || topic == null) {
      throw new ProblemException(404, "This node runs no HTTP edge.");
    }
    Purge purge;
    try {
      purge = edge.named(Json.read(request, Order.class).purge(topic.nowMillis()));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(400, "Nothing is purged: " + e.getMessage() + ".");
    }
    long offset = await(topic, purge);
    return Json.answer(
        200,
        new Done(
            purge.scope().name().toLowerCase(Locale.ROOT),
            purge.what(),
            purge.soft(),
            purge.timeMillis(),
            offset));
  }

  private static long await(PurgeTopic topic, Purge purge) throws InterruptedException {
    try {
      return topic.purge(purge).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof BrokerException refused
              ? String.valueOf(refused.getMessage())
              : String.valueOf(e.getCause());
      throw new ProblemException(503, "The purge cannot be written: " + why + ".");
    } catch (TimeoutException e) {
      throw new ProblemException(
          503, "The purge was not in effect within " + PATIENCE_SECONDS + " s.");
    }
  }
}
