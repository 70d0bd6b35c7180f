package io.millrace.kafka.share;

import io.millrace.broker.Broker;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.quota.RequestBill;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Answers ShareFetch: takes the acknowledgements that came along, and gives out records of the
 * partitions in the member's session.
 */
final class ShareFetchHandler implements ApiHandler {

  private final Broker broker;
  private final ShareSessions sessions;
  private final int maxFetchBytes;
  private final int maxSessionPartitions;

  /**
   * @param maxFetchBytes most record bytes in one answer, but for a single batch that is longer
   */
  ShareFetchHandler(
      Broker broker, ShareSessions sessions, int maxFetchBytes, int maxSessionPartitions) {
    this.broker = broker;
    this.sessions = sessions;
    this.maxFetchBytes = maxFetchBytes;
    this.maxSessionPartitions = maxSessionPartitions;
  }

  @Override
  public void handle(Exchange exchange) {
    ShareFetchRequestData request = ShareHandler.decode(exchange, ShareFetchRequestData::new);
    exchange.releaseBody();
    Errors error = ShareHandler.check(exchange, request.groupId(), request.memberId());
    List<TopicIdPartition> named = new ArrayList<>();
    List<TopicIdPartition> forgotten = new ArrayList<>();
    Acknowledgements acknowledgements = new Acknowledgements();
    read(request, named, forgotten, acknowledgements);
    String problem = error == Errors.NONE ? problem(request, named, acknowledgements) : null;
    if (problem != null) {
      error = Errors.INVALID_REQUEST;
    }
    if (error != Errors.NONE) {
      refuse(exchange, error, problem);
      return;
    }
    ShareSessions.Entry entry =
        sessions.enter(
            exchange.connection(),
            request.groupId(),
            request.memberId(),
            request.shareSessionEpoch());
    ShareSession session = entry.session();
    if (session == null) {
      refuse(exchange, entry.error(), null);
      return;
    }
    session.change(named, forgotten);
    int maxBytes = Math.clamp(request.maxBytes(), 0, maxFetchBytes);
    RequestBill bill = exchange.bill();
    if (bill != null) {
      maxBytes = Math.min(maxBytes, bill.mostFetchBytes());
    }
    new ShareFetchOperation(exchange, broker, session, request, acknowledgements, maxBytes).start();
  }

  private static void read(
      ShareFetchRequestData request,
      List<TopicIdPartition> named,
      List<TopicIdPartition> forgotten,
      Acknowledgements acknowledgements) {
    for (ShareFetchRequestData.FetchTopic topic : request.topics()) {
      for (ShareFetchRequestData.FetchPartition each : topic.partitions()) {
        TopicIdPartition partition = ShareHandler.partition(topic.topicId(), each.partitionIndex());
        named.add(partition);
        for (ShareFetchRequestData.AcknowledgementBatch batch : each.acknowledgementBatches()) {
          acknowledgements.add(
              partition,
              new Acknowledgements.Batch(
                  batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()));
        }
      }
    }
    for (ShareFetchRequestData.ForgottenTopic topic : request.forgottenTopicsData()) {
      topic
          .partitions()
          .forEach(index -> forgotten.add(ShareHandler.partition(topic.topicId(), index)));
    }
  }

  private @Nullable String problem(
      ShareFetchRequestData request,
      List<TopicIdPartition> named,
      Acknowledgements acknowledgements) {
    if (request.shareSessionEpoch() == ShareSessions.INITIAL_EPOCH && !acknowledgements.isEmpty()) {
      return "a session cannot begin with acknowledgements";
    }
    if (named.size() > maxSessionPartitions) {
      return "a session has " + maxSessionPartitions + " partitions at most";
    }
    if (acknowledgements.renews() != request.isRenewAck()) {
      return "the request says whether it renews, and its acknowledgements say otherwise";
    }
    boolean fetches =
        request.maxBytes() > 0
            || request.maxRecords() > 0
            || request.minBytes() > 0
            || request.maxWaitMs() > 0;
    return request.isRenewAck() && fetches
        ? "a request that renews fetches nothing: its limits have to be 0"
        : null;
  }

  private static void refuse(Exchange exchange, Errors error, @Nullable String message) {
    exchange.answer(
        ShareFetchResponseEncoder.refusal(
            exchange, error, message == null ? error.message() : message));
  }
}
