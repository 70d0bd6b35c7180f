package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OfConsumerGroup;
import io.millrace.broker.group.GroupRecord.OfShareGroup;
import io.millrace.broker.group.GroupRecord.OfStreamsGroup;
import io.millrace.broker.group.consumer.ConsumerGroup;
import io.millrace.broker.group.consumer.ConsumerGroupRecord;
import io.millrace.broker.group.member.HeartbeatGroup;
import io.millrace.broker.group.member.HeartbeatRecord;
import io.millrace.broker.group.streams.StreamsGroup;
import io.millrace.broker.group.streams.StreamsGroupRecord;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A protocol in which members only send heartbeats: where a group keeps what it is in it, and what
 * its records are among those of all groups.
 *
 * @param name as Kafka names it, such as {@code share}
 * @param of what a group is in the protocol; null for a group of another one
 * @param set makes it that
 * @param make of which nothing is known yet, by its name
 * @param wrap a record as one of all groups
 */
record HeartbeatProtocol<G extends HeartbeatGroup<R>, R extends HeartbeatRecord>(
    String name,
    Function<Group, @Nullable G> of,
    BiConsumer<Group, @Nullable G> set,
    Function<String, G> make,
    Function<R, GroupRecord> wrap) {

  static final HeartbeatProtocol<ConsumerGroup, ConsumerGroupRecord> CONSUMER =
      new HeartbeatProtocol<>(
          "consumer",
          group -> group.consumers,
          (group, state) -> group.consumers = state,
          ConsumerGroup::new,
          OfConsumerGroup::new);

  static final HeartbeatProtocol<ConsumerGroup, ConsumerGroupRecord> SHARE =
      new HeartbeatProtocol<>(
          "share",
          group -> group.shares,
          (group, state) -> group.shares = state,
          ConsumerGroup::new,
          OfShareGroup::new);

  static final HeartbeatProtocol<StreamsGroup, StreamsGroupRecord> STREAMS =
      new HeartbeatProtocol<>(
          "streams",
          group -> group.streams,
          (group, state) -> group.streams = state,
          StreamsGroup::new,
          OfStreamsGroup::new);

  /** The tombstones of what a group is in these protocols; none for one of the classic protocol. */
  static List<GroupRecord> forgetting(Group group) {
    return Stream.of(CONSUMER, SHARE, STREAMS).flatMap(each -> each.tombstones(group)).toList();
  }

  private Stream<GroupRecord> tombstones(Group group) {
    G state = of.apply(group);
    return state == null ? Stream.of() : state.forgetting().stream().map(wrap);
  }
}
