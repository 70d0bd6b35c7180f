package io.millrace.kafka.net;

import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.MalformedRequestException;
import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the header of a whole request, and gives it to the handler of its API, or ends the
 * connection: an API, or a version of one, that is not served; a client that has yet to
 * authenticate itself.
 *
 * <p>Confined to the connection's event loop.
 */
final class RequestDispatch {

  private static final Logger LOG = LoggerFactory.getLogger(RequestDispatch.class);

  /** API key, version, correlation id, length of the client's name. */
  static final int LEAST_FRAME_BYTES = 2 + 2 + 4 + 2;

  private final Connection connection;
  private final ApiTable apis;
  private final AnswerQueue answers;
  private final InFlightBudget budget;
  private final KafkaMetrics metrics;

  RequestDispatch(
      Connection connection,
      ApiTable apis,
      AnswerQueue answers,
      InFlightBudget budget,
      KafkaMetrics metrics) {
    this.connection = connection;
    this.apis = apis;
    this.answers = answers;
    this.budget = budget;
    this.metrics = metrics;
  }

  /**
   * Starts the request of {@code length} bytes at {@code index}, which have been taken from the
   * budget.
   *
   * @throws MalformedRequestException when that is no request
   */
  void start(ByteBuf from, int index, int length) {
    short key = from.getShort(index);
    short version = from.getShort(index + 2);
    int correlationId = from.getInt(index + 4);
    int nameLength = from.getShort(index + 8);
    Api api = apis.find(key);
    if (api == null || !(api.serves(version) || api.answersUnknownVersions())) {
      budget.give(length);
      connection.closeFor(
          metrics.closedForUnknownApi,
          "API " + key + " version " + version + " is not served; see ApiVersions");
      return;
    }
    if (!connection.authentication().admits(key)) {
      budget.give(length);
      connection.closeFor(
          metrics.closedUnauthenticated,
          api.name() + " of a client that has not authenticated itself, or no longer");
      return;
    }
    metrics.request(api);
    int bodyIndex = LEAST_FRAME_BYTES + Math.max(0, nameLength);
    if (nameLength < -1 || bodyIndex > length) {
      budget.give(length);
      throw new MalformedRequestException("a client name of " + nameLength + " bytes");
    }
    ByteBuf body = from.retain().slice(index, length);
    Exchange exchange =
        new Exchange(
            connection,
            api,
            version,
            correlationId,
            LEAST_FRAME_BYTES,
            nameLength,
            length,
            body,
            connection.bill(body, LEAST_FRAME_BYTES, nameLength));
    answers.add(exchange);
    body.readerIndex(bodyIndex);
    handle(exchange);
  }

  private void handle(Exchange exchange) {
    try {
      // A version that is not known has a header that is not known.
      if (exchange.flexible() && exchange.api().serves(exchange.version())) {
        exchange.reader().skipTags();
      }
      exchange.api().handler().handle(exchange);
      RequestBill bill = exchange.bill();
      if (bill != null) {
        bill.handled();
      }
    } catch (MalformedRequestException e) {
      connection.closeFor(metrics.closedForBadFrame, exchange.api().name() + ": " + e.getMessage());
      if (!exchange.isAnswered()) {
        exchange.answerNothing();
      }
    } catch (RuntimeException e) {
      metrics.failures.increment();
      LOG.error("{} version {} failed", exchange.api().name(), exchange.version(), e);
      connection.closeSoon();
    }
  }
}
