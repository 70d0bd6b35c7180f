package io.millrace.kafka.share;

import io.millrace.broker.Broker;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.wire.ResponseWriter;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers ShareAcknowledge, versions 1 and 2. */
final class ShareAcknowledgeHandler implements ApiHandler {

  private static final int START_BYTES = 256;
  private static final int FIRST_WITH_LOCK = 2;
  private static final int NOBODY = -1;

  private final Broker broker;
  private final ShareSessions sessions;

  ShareAcknowledgeHandler(Broker broker, ShareSessions sessions) {
    this.broker = broker;
    this.sessions = sessions;
  }

  @Override
  public void handle(Exchange exchange) {
    ShareAcknowledgeRequestData request =
        ShareHandler.decode(exchange, ShareAcknowledgeRequestData::new);
    exchange.releaseBody();
    Errors error = ShareHandler.check(exchange, request.groupId(), request.memberId());
    Acknowledgements acknowledgements = read(request);
    if (error == Errors.NONE && acknowledgements.renews() != request.isRenewAck()) {
      error = Errors.INVALID_REQUEST;
    }
    int epoch = request.shareSessionEpoch();
    if (error == Errors.NONE && epoch == ShareSessions.INITIAL_EPOCH) {
      // Only a fetch begins a session.
      error = Errors.INVALID_SHARE_SESSION_EPOCH;
    }
    if (error != Errors.NONE) {
      exchange.answer(frame(exchange, error, error.message(), 0, Map.of()));
      return;
    }
    ShareSessions.Entry entry =
        sessions.enter(exchange.connection(), request.groupId(), request.memberId(), epoch);
    ShareSession session = entry.session();
    if (session == null) {
      exchange.answer(frame(exchange, entry.error(), entry.error().message(), 0, Map.of()));
      return;
    }
    answer(exchange, session, acknowledgements, epoch == ShareSessions.FINAL_EPOCH);
  }

  private void answer(
      Exchange exchange, ShareSession session, Acknowledgements acknowledgements, boolean ends) {
    CompletionStage<Map<TopicIdPartition, Acknowledgements.Outcome>> taken =
        acknowledgements.take(session, broker.shares(), broker.topics(), exchange.connection());
    if (ends) {
      List<CompletionStage<Void>> unused = session.release(broker.shares());
    }
    long lock = broker.groupConfigs().share(session.group()).recordLockDuration().toMillis();
    CompletionStage<?> unused =
        taken.whenComplete(
            (outcomes, failure) ->
                exchange.answer(
                    outcomes == null
                        ? frame(exchange, Errors.UNKNOWN_SERVER_ERROR, null, 0, Map.of())
                        : frame(exchange, Errors.NONE, null, Math.toIntExact(lock), outcomes)));
  }

  private static Acknowledgements read(ShareAcknowledgeRequestData request) {
    Acknowledgements acknowledgements = new Acknowledgements();
    for (ShareAcknowledgeRequestData.AcknowledgeTopic topic : request.topics()) {
      for (ShareAcknowledgeRequestData.AcknowledgePartition each : topic.partitions()) {
        TopicIdPartition partition = ShareHandler.partition(topic.topicId(), each.partitionIndex());
        for (ShareAcknowledgeRequestData.AcknowledgementBatch batch :
            each.acknowledgementBatches()) {
          acknowledgements.add(
              partition,
              new Acknowledgements.Batch(
                  batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()));
        }
      }
    }
    return acknowledgements;
  }

  private static ByteBuf frame(
      Exchange exchange,
      Errors error,
      @Nullable String message,
      int lockMillis,
      Map<TopicIdPartition, Acknowledgements.Outcome> outcomes) {
    ByteBuf frame = exchange.startAnswer(START_BYTES);
    ResponseWriter out = new ResponseWriter(frame, exchange.flexible());
    out.int32(exchange.chargeTime());
    out.int16(error.code());
    out.string(message);
    if (exchange.version() >= FIRST_WITH_LOCK) {
      out.int32(lockMillis);
    }
    Map<UUID, Map<Integer, Acknowledgements.Outcome>> byTopic = new LinkedHashMap<>();
    outcomes.forEach(
        (partition, outcome) ->
            byTopic
                .computeIfAbsent(partition.topicId(), id -> new LinkedHashMap<>())
                .put(partition.partition(), outcome));
    out.count(byTopic.size());
    byTopic.forEach(
        (id, partitions) -> {
          out.uuid(id);
          out.count(partitions.size());
          partitions.forEach((index, outcome) -> partition(out, index, outcome));
          out.noTags();
        });
    out.count(0); // endpoints of other leaders
    out.noTags();
    return frame;
  }

  private static void partition(ResponseWriter out, int index, Acknowledgements.Outcome outcome) {
    out.int32(index);
    out.int16(outcome.error().code());
    out.string(outcome.message());
    out.int32(NOBODY); // no other node leads
    out.int32(NOBODY);
    out.noTags();
    out.noTags();
  }
}
