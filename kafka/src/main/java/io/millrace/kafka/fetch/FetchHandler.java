package io.millrace.kafka.fetch;

import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.quota.RequestBill;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers Fetch: finds out which session a request belongs to, then lets it wait for records. */
public final class FetchHandler implements ApiHandler {

  private static final int INITIAL_EPOCH = 0;
  private static final int FINAL_EPOCH = -1;

  private final Topics topics;
  private final int maxFetchBytes;
  private final int maxSessionPartitions;
  private final Clock clock;
  private final AtomicInteger sessionIds = new AtomicInteger();

  /**
   * @param maxFetchBytes most record bytes in one answer, but for a single batch that is longer
   * @param maxSessionPartitions clients with more partitions are served without a session
   */
  public FetchHandler(Topics topics, int maxFetchBytes, int maxSessionPartitions, Clock clock) {
    this.topics = topics;
    this.maxFetchBytes = maxFetchBytes;
    this.maxSessionPartitions = maxSessionPartitions;
    this.clock = clock;
  }

  @Override
  public void handle(Exchange exchange) {
    FetchRequest request = FetchRequestDecoder.decode(exchange.reader(), exchange.version());
    exchange.releaseBody();
    Connection connection = exchange.connection();
    FetchSession present = (FetchSession) connection.session();
    int epoch = request.sessionEpoch();
    if (epoch == INITIAL_EPOCH || epoch == FINAL_EPOCH) {
      FetchSession begun = epoch == INITIAL_EPOCH ? begin(request, exchange) : null;
      if (epoch == INITIAL_EPOCH || (present != null && present.id() == request.sessionId())) {
        connection.session(begun);
      }
      start(exchange, request, begun != null ? begun : session(0, request, exchange), true);
      return;
    }
    if (present == null || present.id() != request.sessionId()) {
      refuse(exchange, request, Errors.FETCH_SESSION_ID_NOT_FOUND);
    } else if (present.nextEpoch() != epoch) {
      refuse(exchange, request, Errors.INVALID_FETCH_SESSION_EPOCH);
    } else if (present.byTopicId() != FetchRequestDecoder.usesTopicIds(exchange.version())) {
      refuse(exchange, request, Errors.FETCH_SESSION_TOPIC_ID_ERROR);
    } else {
      present.apply(request);
      start(exchange, request, present, false);
      if (present.size() > maxSessionPartitions) {
        connection.session(null);
      }
    }
  }

  private @Nullable FetchSession begin(FetchRequest request, Exchange exchange) {
    if (request.partitions().isEmpty() || request.partitions().size() > maxSessionPartitions) {
      return null;
    }
    int id = sessionIds.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
    return session(id, request, exchange);
  }

  private FetchSession session(int id, FetchRequest request, Exchange exchange) {
    return new FetchSession(
        id,
        FetchRequestDecoder.usesTopicIds(exchange.version()),
        request.partitions(),
        exchange.connection().eventLoop(),
        clock);
  }

  private void start(
      Exchange exchange, FetchRequest request, FetchSession session, boolean tellAll) {
    int maxBytes = Math.clamp(request.maxBytes(), 0, maxFetchBytes);
    RequestBill bill = exchange.bill();
    if (bill != null) {
      // An answer that exceeds the limit by itself could never be sent.
      maxBytes = Math.min(maxBytes, bill.mostFetchBytes());
    }
    new FetchOperation(exchange, topics, request, session, tellAll, maxBytes).start();
  }

  private static void refuse(Exchange exchange, FetchRequest request, Errors error) {
    exchange.answer(FetchResponseEncoder.refusal(exchange, error, request.sessionId()));
  }
}
