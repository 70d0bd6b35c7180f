package io.millrace.kafka.interop;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AsyncKafkaConsumer;
import org.apache.kafka.clients.consumer.internals.StreamsRebalanceData;
import org.apache.kafka.clients.consumer.internals.StreamsRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.StreamsGroupTopologyDescriptionUpdateRequestData;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A thread of a Streams application as far as the group protocol goes: the consumer that Kafka
 * Streams uses, with a topology of one subtopology with a store, whose state is always complete.
 */
final class StreamsGroupMember implements AutoCloseable {

  static final String GROUP = "app";
  static final String SOURCE = "orders";
  static final String CHANGELOG = "app-store-changelog";

  /** All that there is in the changelog is in the store. */
  private static final Map<StreamsRebalanceData.TaskId, Long> COMPLETE =
      IntStream.range(0, 4)
          .mapToObj(partition -> new StreamsRebalanceData.TaskId("0", partition))
          .collect(Collectors.toMap(task -> task, task -> 1L));

  private final StreamsRebalanceData data;
  private final AsyncKafkaConsumer<String, String> consumer;

  StreamsGroupMember(Map<String, Object> client, String endpoint) {
    data =
        new StreamsRebalanceData(
            UUID.randomUUID(),
            Optional.of(new StreamsRebalanceData.HostInfo(endpoint, 80)),
            Optional.empty(),
            Map.of(
                "0",
                new StreamsRebalanceData.Subtopology(
                    Set.of(SOURCE),
                    Set.of(),
                    Map.of(),
                    Map.of(
                        CHANGELOG,
                        new StreamsRebalanceData.TopicInfo(
                            Optional.empty(),
                            Optional.empty(),
                            Map.of("cleanup.policy", "compact"))),
                    List.of())),
            Map.of("zone", endpoint),
            () -> COMPLETE,
            () -> COMPLETE);
    data.setWireTopologyDescription(description());
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("group.id", GROUP);
    settings.put("group.protocol", "consumer");
    settings.put("enable.auto.commit", "false");
    settings.put("allow.auto.create.topics", "false");
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", StringDeserializer.class);
    consumer =
        new AsyncKafkaConsumer<>(
            new ConsumerConfig(settings),
            new StringDeserializer(),
            new StringDeserializer(),
            Optional.of(data));
    consumer.subscribe(
        List.of(SOURCE),
        new StreamsRebalanceListener() {
          @Override
          public void onTasksRevoked(Set<StreamsRebalanceData.TaskId> tasks) {
            // Nothing is held for them.
          }

          @Override
          public void onTasksAssigned(StreamsRebalanceData.Assignment assignment) {
            data.setReconciledAssignment(assignment);
          }

          @Override
          public void onAllTasksLost() {
            data.setReconciledAssignment(StreamsRebalanceData.Assignment.EMPTY);
          }
        });
  }

  /** What is told to people of the topology: one source, and a processor with a store. */
  private static StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription
      description() {
    return new StreamsGroupTopologyDescriptionUpdateRequestData.TopologyDescription()
        .setSubtopologies(
            List.of(
                new StreamsGroupTopologyDescriptionUpdateRequestData
                        .TopologyDescriptionSubtopology()
                    .setSubtopologyId("0")
                    .setNodes(
                        List.of(
                            new StreamsGroupTopologyDescriptionUpdateRequestData
                                    .TopologyDescriptionNode()
                                .setName("departures")
                                .setNodeType((byte) 1)
                                .setSourceTopics(List.of(SOURCE))
                                .setSuccessors(List.of("counting")),
                            new StreamsGroupTopologyDescriptionUpdateRequestData
                                    .TopologyDescriptionNode()
                                .setName("counting")
                                .setNodeType((byte) 2)
                                .setStores(List.of("counts"))))));
  }

  /** Lets the consumer work for a moment. */
  void poll() {
    var unused = consumer.poll(Duration.ofMillis(50));
  }

  /** The partitions of the topic that it processes. */
  List<Integer> active() {
    return partitions(data.reconciledAssignment().activeTasks());
  }

  /** The partitions whose state it keeps in the background. */
  List<Integer> standby() {
    return partitions(data.reconciledAssignment().standbyTasks());
  }

  private static List<Integer> partitions(Set<StreamsRebalanceData.TaskId> tasks) {
    return tasks.stream().map(StreamsRebalanceData.TaskId::partitionId).sorted().toList();
  }

  /** Where the partitions of the topic can be queried, as this member was told. */
  Map<StreamsRebalanceData.HostInfo, StreamsRebalanceData.EndpointPartitions> endpoints() {
    return data.partitionsByHost();
  }

  /** What this member was told about its group. */
  List<Integer> statuses() {
    return data.statuses().stream().map(status -> (int) status.statusCode()).toList();
  }

  void commit(int partition, long offset) {
    consumer.commitSync(
        Map.of(new TopicPartition(SOURCE, partition), new OffsetAndMetadata(offset)));
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(20)));
  }
}
