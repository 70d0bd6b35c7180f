package io.millrace.kafka.consistency;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A group's positions on the wire. */
final class GroupRequests {

  private static final int COMMIT_VERSION = 9;
  private static final int FETCH_VERSION = 8;

  /** A position, or why there is none; -1 where none was committed. */
  record Position(Errors error, long offset) {}

  private GroupRequests() {}

  /** Commits as nobody's member. */
  static Errors commit(NodeLink link, String group, int partition, long offset) throws IOException {
    return commit(link, group, "", -1, partition, offset);
  }

  /** Commits as a member in its epoch. */
  static Errors commit(
      NodeLink link, String group, String memberId, int epoch, int partition, long offset)
      throws IOException {
    OffsetCommitRequestData request =
        new OffsetCommitRequestData()
            .setGroupId(group)
            .setMemberId(memberId)
            .setGenerationIdOrMemberEpoch(epoch)
            .setTopics(
                List.of(
                    new OffsetCommitRequestTopic()
                        .setName(Client.TOPIC)
                        .setPartitions(
                            List.of(
                                new OffsetCommitRequestPartition()
                                    .setPartitionIndex(partition)
                                    .setCommittedOffset(offset)))));
    OffsetCommitResponseData answer =
        link.call(ApiKeys.OFFSET_COMMIT, COMMIT_VERSION, request, OffsetCommitResponseData::new);
    return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
  }

  static Position fetch(NodeLink link, String group, int partition, boolean stable)
      throws IOException {
    OffsetFetchRequestData request =
        new OffsetFetchRequestData()
            .setRequireStable(stable)
            .setGroups(
                List.of(
                    new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(
                            List.of(
                                new OffsetFetchRequestTopics()
                                    .setName(Client.TOPIC)
                                    .setPartitionIndexes(List.of(partition))))));
    OffsetFetchResponseGroup answer =
        link.call(ApiKeys.OFFSET_FETCH, FETCH_VERSION, request, OffsetFetchResponseData::new)
            .groups()
            .getFirst();
    if (answer.errorCode() != 0) {
      return new Position(Errors.forCode(answer.errorCode()), -1);
    }
    OffsetFetchResponsePartitions found = answer.topics().getFirst().partitions().getFirst();
    return new Position(Errors.forCode(found.errorCode()), found.committedOffset());
  }
}
