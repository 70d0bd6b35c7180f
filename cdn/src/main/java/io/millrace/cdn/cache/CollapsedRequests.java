package io.millrace.cdn.cache;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.origin.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for one fetch: however the fetch ends, each gets its answer, on the event
 * loop of its own exchange. Confined to the fetch's loop.
 */
final class CollapsedRequests {

  private final HttpCache cache;
  private final Exchange first;
  private final Origin origin;
  private final CachePolicy policy;
  private final Outcome.Reason reason;
  private final List<Exchange> waiting = new ArrayList<>(1);

  /**
   * None.
   *
   * @param first whose request is sent to the origin; it waits only if it {@link #lead}s
   * @param reason why the origin is asked
   */
  CollapsedRequests(
      HttpCache cache, Exchange first, Origin origin, CachePolicy policy, Outcome.Reason reason) {
    this.cache = cache;
    this.first = first;
    this.origin = origin;
    this.policy = policy;
    this.reason = reason;
  }

  /** The exchange whose request is sent waits for the response. */
  void lead(Exchange exchange) {
    waiting.add(exchange);
  }

  /** Another one waits, unless too many do. */
  void join(Exchange exchange) {
    if (waiting.size() >= cache.maxWaiting()) {
      cache.figures().refusedWaiting.increment();
      HttpError error = new HttpError(503, "too many requests wait for this resource");
      onLoopOf(exchange, () -> exchange.refuse(error));
    } else {
      cache.figures().collapsed.increment();
      waiting.add(exchange);
    }
  }

  /** One that came too late for the fetch is answered as if it were new. */
  void serveAnew(Exchange exchange) {
    onLoopOf(exchange, () -> cache.serve(exchange, origin, policy));
  }

  /** The fetch brings nothing: all are answered as if they were new. */
  void serveAnew() {
    drain(exchange -> cache.serve(exchange, origin, policy));
  }

  /** One more reads what goes to disk, from its start. */
  void follow(Exchange exchange, GrowingResponse growing) {
    cache.figures().collapsed.increment();
    onLoopOf(exchange, () -> send(exchange, growing, reason.collapsed()));
  }

  /** All read what goes to disk. */
  void follow(GrowingResponse growing) {
    drain(
        exchange ->
            send(exchange, growing, exchange.equals(first) ? reason.stored() : reason.collapsed()));
  }

  private void send(Exchange exchange, GrowingResponse growing, Outcome outcome) {
    if (exchange.isOpen() && !growing.sendTo(exchange, outcome)) {
      cache.serve(exchange, origin, policy);
    }
  }

  /**
   * Gives everybody the response; who would have got another variant asks again.
   *
   * @param forFirst what the exchange gets whose request was sent
   */
  void answer(StoredResponse result, StoredResponse forFirst, Outcome outcome) {
    drain(
        exchange -> {
          boolean sent = exchange.equals(first);
          StoredResponse own = sent ? forFirst : result;
          Outcome how = sent || !outcome.isFromOrigin() ? outcome : reason.collapsed();
          if (!result.vary().matches(exchange.request().fields())
              || !HttpCache.reply(exchange, own, how, cache.clock().millis())) {
            cache.serve(exchange, origin, policy);
          }
        });
  }

  /**
   * Takes the one to whom the response can be streamed: the first that is still there and lives on
   * the fetch's loop.
   */
  @Nullable Exchange takeOpen() {
    for (Exchange exchange : waiting) {
      if (exchange.loop().equals(first.loop()) && exchange.isOpen()) {
        waiting.remove(exchange);
        return exchange;
      }
    }
    return null;
  }

  /** The response is for one alone: each asks for itself. */
  void passThrough() {
    drain(exchange -> new PassThrough(cache, exchange, origin, policy, reason.passed()).start());
  }

  /**
   * Answers with something stale while the origin's error is still coming in.
   *
   * @param error for those on other loops that accept nothing stale
   * @return whether none is left to whom the origin's own answer is to go
   */
  boolean replyStale(StoredResponse stored, HttpError error) {
    List<Exchange> unanswered = new ArrayList<>();
    for (Exchange exchange : waiting) {
      if (!exchange.loop().inEventLoop()) {
        exchange.loop().execute(() -> replyStaleOr(exchange, stored, error));
      } else if (!cache.replyStale(exchange, stored, policy)) {
        unanswered.add(exchange);
      }
    }
    waiting.clear();
    waiting.addAll(unanswered);
    return unanswered.isEmpty();
  }

  /** The fetch has failed: all get something stale if they may, or the error. */
  void fail(@Nullable StoredResponse stored, HttpError error) {
    drain(exchange -> replyStaleOr(exchange, stored, error));
  }

  private void replyStaleOr(Exchange exchange, @Nullable StoredResponse stored, HttpError error) {
    if (!cache.replyStale(exchange, stored, policy)) {
      exchange.refuse(error);
    }
  }

  /** Nobody waits any more once each has been given its answer. */
  private void drain(Consumer<Exchange> answer) {
    for (Exchange exchange : waiting) {
      onLoopOf(exchange, () -> answer.accept(exchange));
    }
    waiting.clear();
  }

  private static void onLoopOf(Exchange exchange, Runnable what) {
    if (exchange.loop().inEventLoop()) {
      what.run();
    } else {
      exchange.loop().execute(what);
    }
  }
}
