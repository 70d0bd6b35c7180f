package io.millrace.console.api;

import io.millrace.broker.Broker;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupCoordinator.GroupDescription;
import io.millrace.broker.group.GroupCoordinator.GroupListing;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.MemberDescription;
import io.millrace.broker.topic.Topics;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.ProblemException;
import io.millrace.console.http.Request;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;

/** Consumer groups: members, committed offsets and lag. */
public final class GroupsApi {

  /** What consumers call their protocol; the assignments of others are their own affair. */
  private static final String CONSUMER_PROTOCOL = "consumer";

  private static final int MOST_LISTED_WITH_LAG = 1000;

  private final GroupCoordinator groups;
  private final Topics topics;

  /** Over a broker's groups. */
  public GroupsApi(Broker broker) {
    this.groups = broker.groups();
    this.topics = broker.topics();
  }

  /** {@code /api/groups} and what is below it. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("GET", "/api/groups", this::list),
        Endpoint.of("GET", "/api/groups/{group}", this::describe),
        Endpoint.of("DELETE", "/api/groups/{group}", this::delete));
  }

  /** The answer of {@code GET /api/groups}. */
  record GroupList(List<GroupSummary> groups) {}

  /**
   * A group in the list.
   *
   * @param lag in records, over all partitions with a committed offset; null beyond the first
   *     {@value #MOST_LISTED_WITH_LAG} groups
   */
  record GroupSummary(
      String group,
      GroupState state,
      String protocolType,
      int members,
      int partitions,
      @Nullable Long lag) {}

  /** A group with its members and offsets. */
  record GroupDetail(
      String group,
      GroupState state,
      String protocolType,
      String protocol,
      long lag,
      List<Member> members,
      List<GroupLag> offsets) {}

  /**
   * A member.
   *
   * @param assignment by topic, the partitions it reads; null when it is none that can be read
   */
  record Member(
      String memberId,
      @Nullable String instanceId,
      String clientId,
      String clientHost,
      @Nullable Map<String, List<Integer>> assignment) {}

  private Answer list(Request request) throws InterruptedException {
    List<GroupListing> listed = new ArrayList<>(Stages.await(groups.list()));
    listed.sort(Comparator.comparing(GroupListing::group));
    List<GroupSummary> summaries = new ArrayList<>(listed.size());
    for (GroupListing listing : listed) {
      boolean bare = summaries.size() >= MOST_LISTED_WITH_LAG;
      summaries.add(
          bare
              ? new GroupSummary(
                  listing.group(), listing.state(), listing.protocolType(), 0, 0, null)
              : summary(listing));
    }
    return Json.answer(200, new GroupList(summaries));
  }

  private GroupSummary summary(GroupListing listing) throws InterruptedException {
    List<GroupLag> lags = lags(listing.group());
    int members =
        Stages.await(groups.describe(listing.group()))
            .map(group -> group.members().size())
            .orElse(0);
    return new GroupSummary(
        listing.group(),
        listing.state(),
        listing.protocolType(),
        members,
        lags.size(),
        GroupLag.total(lags));
  }

  private Answer describe(Request request) throws InterruptedException {
    GroupDescription group = existing(request.path("group"));
    List<GroupLag> lags = lags(group.group());
    return Json.answer(
        200,
        new GroupDetail(
            group.group(),
            group.state(),
            group.protocolType(),
            group.protocol(),
            GroupLag.total(lags),
            group.members().stream().map(member -> member(group, member)).toList(),
            lags));
  }

  private Answer delete(Request request) throws InterruptedException {
    Stages.await(groups.delete(existing(request.path("group")).group()));
    return Answer.noContent();
  }

  private GroupDescription existing(String name) throws InterruptedException {
    Optional<GroupDescription> found = Stages.await(groups.describe(name));
    return found.orElseThrow(
        () -> new ProblemException(404, "There is no consumer group \"" + name + "\"."));
  }

  private List<GroupLag> lags(String group) throws InterruptedException {
    return GroupLag.of(Stages.await(groups.committed(group, null)), topics);
  }

  private static Member member(GroupDescription group, MemberDescription member) {
    return new Member(
        member.memberId(),
        member.instanceId(),
        member.clientId(),
        member.clientHost(),
        assignment(group, member));
  }

  /** What the leader wrote for a member: any bytes at all, if it is no ordinary consumer. */
  private static @Nullable Map<String, List<Integer>> assignment(
      GroupDescription group, MemberDescription member) {
    if (!CONSUMER_PROTOCOL.equals(group.protocolType()) || member.assignment().length == 0) {
      return null;
    }
    try {
      ConsumerPartitionAssignor.Assignment assigned =
          ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(member.assignment()));
      return assigned.partitions().stream()
          .collect(
              Collectors.groupingBy(
                  TopicPartition::topic,
                  TreeMap::new,
                  Collectors.mapping(TopicPartition::partition, Collectors.toList())));
    } catch (SchemaException e) {
      return null;
    }
  }
}
