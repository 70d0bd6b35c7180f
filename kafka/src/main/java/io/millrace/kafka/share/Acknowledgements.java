package io.millrace.kafka.share;

import io.millrace.broker.BrokerException;
import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.group.share.AcknowledgeType;
import io.millrace.broker.group.share.AcknowledgementBatch;
import io.millrace.broker.group.share.SharePartitions;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What a request acknowledges, by partition. Confined to the connection's event loop. */
final class Acknowledgements {

  /** How the acknowledgements of a partition ended. */
  record Outcome(Errors error, @Nullable String message) {

    static final Outcome NONE = new Outcome(Errors.NONE, null);

    static Outcome of(Throwable failure) {
      return new Outcome(ErrorCodes.of(failure), ErrorCodes.cause(failure).getMessage());
    }
  }

  /** One batch as it came. */
  record Batch(long first, long last, List<Byte> types) {}

  private final Map<TopicIdPartition, List<Batch>> batches = new LinkedHashMap<>();

  void add(TopicIdPartition partition, Batch batch) {
    batches.computeIfAbsent(partition, each -> new ArrayList<>()).add(batch);
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Whether more time is asked for. */
  boolean renews() {
    return batches.values().stream()
        .flatMap(List::stream)
        .anyMatch(batch -> batch.types().contains(AcknowledgeType.RENEW.code()));
  }

  /** Takes all of them to the domain; completes once they count. */
  CompletionStage<Map<TopicIdPartition, Outcome>> take(
      ShareSession session, SharePartitions shares, Topics topics, Connection connection) {
    List<CompletableFuture<?>> all = new ArrayList<>();
    Map<TopicIdPartition, CompletableFuture<Outcome>> outcomes = new LinkedHashMap<>();
    batches.forEach(
        (partition, some) -> {
          CompletableFuture<Outcome> outcome =
              take(partition, some, session, shares, topics, connection).toCompletableFuture();
          outcomes.put(partition, outcome);
          all.add(outcome);
        });
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done -> {
              Map<TopicIdPartition, Outcome> ended = new LinkedHashMap<>();
              outcomes.forEach((partition, outcome) -> ended.put(partition, outcome.join()));
              return ended;
            });
  }

  private static CompletionStage<Outcome> take(
      TopicIdPartition partition,
      List<Batch> some,
      ShareSession session,
      SharePartitions shares,
      Topics topics,
      Connection connection) {
    Topic topic = topics.find(partition.topicId());
    Errors error = ReadablePartition.check(topic, partition, connection);
    if (error != Errors.NONE) {
      return CompletableFuture.completedFuture(new Outcome(error, error.message()));
    }
    CompletionStage<Void> taken;
    try {
      taken = shares.acknowledge(session.key(partition), session.owner(), known(some));
    } catch (BrokerException | InvalidRequestException e) {
      taken = CompletableFuture.failedFuture(e);
    }
    return taken.handle((done, failure) -> failure == null ? Outcome.NONE : Outcome.of(failure));
  }

  private static List<AcknowledgementBatch> known(List<Batch> some) {
    List<AcknowledgementBatch> known = new ArrayList<>(some.size());
    for (Batch batch : some) {
      List<AcknowledgeType> types = new ArrayList<>(batch.types().size());
      for (byte code : batch.types()) {
        AcknowledgeType type = AcknowledgeType.of(code);
        if (type == null) {
          throw new InvalidRequestException(
              "there is no acknowledge type " + code + "; allowed: 0 to 4");
        }
        types.add(type);
      }
      known.add(new AcknowledgementBatch(batch.first(), batch.last(), types));
    }
    return known;
  }
}
