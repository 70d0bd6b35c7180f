package io.millrace.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.net.RawClient;
import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fetch session tells of its partitions, and when. */
class FetchSessionTest {

  private static final short VERSION = 12;
  private static final int PARTITIONS = 500;
  private static final int LONG_MILLIS = 15_000;

  @TempDir Path folder;
  private NodeFixture node;
  private RawClient client;
  private Topic topic;
  private int requests;
  private int session;
  private int epoch;

  @BeforeEach
  void startNode() throws Exception {
    node = new NodeFixture(folder, KafkaSettings.defaults());
    client = new RawClient(node.port());
    topic =
        node.broker()
            .topics()
            .create(new NewTopic("many", PARTITIONS, Map.of()))
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void stopNode() throws Exception {
    client.close();
    node.close();
  }

  @Test
  void waitingFetchIsToldOfThePartitionThatGotRecordsAndOfNoOther() throws Exception {
    beginSession();
    int before = 7;
    for (int partition : new int[] {7, 300, 7}) {
      send(request(LONG_MILLIS, 1), before, topic.partitions().get(before).endOffset());
      awaitWaiting(partition, 1);
      append(partition);

      assertThat(told(answer())).containsExactly(Map.entry(partition, Errors.NONE));
      before = partition;
    }
  }

  @Test
  void recordsThatComeBetweenTwoRequestsAreInTheNextAnswer() throws Exception {
    beginSession();
    append(11);
    append(499);

    send(request(LONG_MILLIS, 1));
    FetchResponseData answer = answer();
    assertThat(told(answer).keySet()).containsExactlyInAnyOrder(11, 499);
    assertThat(recordBytes(answer)).isPositive();
  }

  @Test
  void recordsThatTheClientDoesNotMovePastAreToldAgain() throws Exception {
    beginSession();
    append(3);
    for (int i = 0; i < 3; i++) {
      send(request(LONG_MILLIS, 1));
      assertThat(recordBytes(answer())).isPositive();
    }

    send(request(0, 1), 3, 1);
    assertThat(recordBytes(answer())).isZero();
  }

  @Test
  void fetchWaitsUntilAllPartitionsTogetherHaveEnough() throws Exception {
    beginSession();
    append(1);
    send(request(LONG_MILLIS, 3 * batch().remaining()));
    awaitWaiting(1, 1);
    append(2);
    append(1);

    assertThat(recordBytes(answer())).isEqualTo(3 * batch().remaining());
  }

  @Test
  void partitionsTakeTurnsWhenAnAnswerHasRoomForOne() throws Exception {
    beginSession();
    for (int partition : List.of(20, 30, 40)) {
      append(partition);
    }
    int[] served =
        IntStream.range(0, 6)
            .map(
                turn -> {
                  try {
                    send(request(LONG_MILLIS, 1).setMaxBytes(1));
                    FetchResponseData answer = answer();
                    return answer.responses().stream()
                        .flatMap(topics -> topics.partitions().stream())
                        .filter(partition -> size(partition.records()) > 0)
                        .mapToInt(FetchResponseData.PartitionData::partitionIndex)
                        .sum();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })
            .toArray();

    assertThat(served).containsExactly(20, 30, 40, 20, 30, 40);
  }

  @Test
  void partitionThatTheClientForgetsIsToldNoMore() throws Exception {
    beginSession();
    FetchRequestData.ForgottenTopic forgotten =
        new FetchRequestData.ForgottenTopic().setTopic("many").setPartitions(List.of(5));
    send(request(LONG_MILLIS, 1).setForgottenTopicsData(List.of(forgotten)));
    awaitWaiting(5, 0);
    append(5);
    append(6);

    assertThat(told(answer())).containsExactly(Map.entry(6, Errors.NONE));
  }

  @Test
  void deletionOfTheTopicEndsTheWait() throws Exception {
    beginSession();
    send(request(LONG_MILLIS, 1));
    awaitWaiting(0, 1);
    node.broker().topics().delete("many").toCompletableFuture().get(60, TimeUnit.SECONDS);

    assertThat(told(answer()).values())
        .isNotEmpty()
        .containsOnly(Errors.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void startThatMovesIsToldThoughNobodyIsWokenForIt() throws Exception {
    beginSession();
    append(9);
    send(request(0, 1), 9, 1);
    answer();
    topic.partitions().get(9).deleteBefore(1);

    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              send(request(100, 1));
              assertThat(
                      answer().responses().stream()
                          .flatMap(topics -> topics.partitions().stream())
                          .mapToLong(FetchResponseData.PartitionData::logStartOffset)
                          .toArray())
                  .containsExactly(1);
            });
  }

  @Test
  void nothingWaitsForTheClientOnceItsConnectionHasGone() throws Exception {
    beginSession();
    send(request(LONG_MILLIS, 1));
    awaitWaiting(0, 1);
    client.close();

    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(topic.partitions())
                    .allSatisfy(partition -> assertThat(partition.figures().waiting()).isZero()));
  }

  @Test
  void fetchWithoutASessionTellsAllPartitionsAndLeavesNothingBehind() throws Exception {
    epoch = -1;
    FetchRequestData request = request(LONG_MILLIS, 1);
    request.setTopics(List.of(allPartitions()));
    sendWhole(request);
    awaitWaiting(PARTITIONS - 1, 1);
    append(2);

    FetchResponseData answer = answer();
    assertThat(told(answer)).hasSize(PARTITIONS);
    assertThat(recordBytes(answer)).isPositive();
    assertThat(topic.partitions())
        .allSatisfy(partition -> assertThat(partition.figures().waiting()).isZero());
  }

  // ---- the client ----

  private void beginSession() throws IOException {
    FetchRequestData request = request(0, 1);
    request.setTopics(List.of(allPartitions()));
    sendWhole(request);
    FetchResponseData answer = answer();
    assertThat(told(answer)).hasSize(PARTITIONS);
    session = answer.sessionId();
    epoch = 1;
  }

  private FetchRequestData.FetchTopic allPartitions() {
    return new FetchRequestData.FetchTopic()
        .setTopic("many")
        .setPartitions(IntStream.range(0, PARTITIONS).mapToObj(i -> position(i, 0)).toList());
  }

  private static FetchRequestData.FetchPartition position(int partition, long offset) {
    return new FetchRequestData.FetchPartition()
        .setPartition(partition)
        .setFetchOffset(offset)
        .setPartitionMaxBytes(1 << 20);
  }

  private FetchRequestData request(int maxWaitMillis, int minBytes) {
    return new FetchRequestData()
        .setMaxWaitMs(maxWaitMillis)
        .setMinBytes(minBytes)
        .setMaxBytes(1 << 20)
        .setSessionId(session)
        .setSessionEpoch(epoch);
  }

  private void send(FetchRequestData request) throws IOException {
    sendWhole(request);
    epoch++;
  }

  /** With one partition that moves. */
  private void send(FetchRequestData request, int partition, long offset) throws IOException {
    send(
        request.setTopics(
            List.of(
                new FetchRequestData.FetchTopic()
                    .setTopic("many")
                    .setPartitions(List.of(position(partition, offset))))));
  }

  private void sendWhole(FetchRequestData request) throws IOException {
    client.send(RawClient.frame(ApiKeys.FETCH, VERSION, ++requests, request));
  }

  private FetchResponseData answer() throws IOException {
    FetchResponseData answer =
        new FetchResponseData(client.answer(ApiKeys.FETCH, VERSION, requests), VERSION);
    assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
    return answer;
  }

  private static Map<Integer, Errors> told(FetchResponseData answer) {
    return answer.responses().stream()
        .flatMap(topics -> topics.partitions().stream())
        .collect(
            java.util.stream.Collectors.toMap(
                FetchResponseData.PartitionData::partitionIndex,
                partition -> Errors.forCode(partition.errorCode())));
  }

  private static int recordBytes(FetchResponseData answer) {
    return answer.responses().stream()
        .flatMap(topics -> topics.partitions().stream())
        .mapToInt(partition -> size(partition.records()))
        .sum();
  }

  private static int size(BaseRecords records) {
    return records == null ? 0 : records.sizeInBytes();
  }

  // ---- the node ----

  private void awaitWaiting(int partition, int fetches) {
    Partition watched = topic.partitions().get(partition);
    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(watched.figures().waiting()).isEqualTo(fetches));
  }

  private static ByteBuffer batch() {
    return RecordBatchBuilder.create(Compression.NONE)
        .add(0, null, ByteBuffer.allocate(100), List.of())
        .build();
  }

  private void append(int partition) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    topic
        .partitions()
        .get(partition)
        .append(
            batch(),
            Partition.Acks.LEADER,
            (info, failure) -> {
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
    done.get(60, TimeUnit.SECONDS);
  }
}
