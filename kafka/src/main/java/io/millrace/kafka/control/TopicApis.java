package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.kafka.control.MessageHandler.Answerer;
import io.millrace.kafka.net.Api;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;

/** Topics, their partitions, and where records lie in them. */
final class TopicApis {

  private static final int CREATE = 19;

  private final GuardedApis apis;
  private final MetadataHandler metadata;
  private final TopicsHandler topics;
  private final TopicPartitionsHandler topicPartitions;
  private final OffsetsHandler offsets;

  TopicApis(
      GuardedApis apis, Broker broker, MetadataHandler metadata, Supplier<NodeIdentity> node) {
    this.apis = apis;
    this.metadata = metadata;
    this.topics = new TopicsHandler(broker.topics());
    this.topicPartitions = new TopicPartitionsHandler(broker.topics(), node);
    this.offsets = new OffsetsHandler(broker.topics());
  }

  /** Answers CreateTopics as the API does, for a request that the node makes for a client. */
  Answerer<CreateTopicsRequestData> creator() {
    return apis.guards().before(CREATE, topics::create);
  }

  List<Api> table() {
    return List.of(
        apis.api(2, "ListOffsets", 1, 11, 6, ListOffsetsRequestData::new, offsets::list),
        apis.api(3, "Metadata", 0, 13, 9, MetadataRequestData::new, metadata::metadata),
        apis.api(CREATE, "CreateTopics", 2, 7, 5, CreateTopicsRequestData::new, topics::create),
        apis.api(20, "DeleteTopics", 1, 6, 4, DeleteTopicsRequestData::new, topics::delete),
        apis.api(21, "DeleteRecords", 0, 2, 2, DeleteRecordsRequestData::new, offsets::delete),
        apis.api(
            23,
            "OffsetForLeaderEpoch",
            2,
            4,
            4,
            OffsetForLeaderEpochRequestData::new,
            offsets::endOfEpoch),
        apis.api(
            37,
            "CreatePartitions",
            0,
            3,
            2,
            CreatePartitionsRequestData::new,
            topics::addPartitions),
        apis.api(
            75,
            "DescribeTopicPartitions",
            0,
            0,
            0,
            DescribeTopicPartitionsRequestData::new,
            topicPartitions::describe));
  }
}
