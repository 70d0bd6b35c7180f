package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Begin;
import io.millrace.kafka.consistency.Operation.CommitOffset;
import io.millrace.kafka.consistency.Operation.Delivery;
import io.millrace.kafka.consistency.Operation.EndTransaction;
import io.millrace.kafka.consistency.Operation.FetchOffset;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.WireRecords.Fetched;
import io.millrace.kafka.consistency.WireRecords.Producer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A transactional producer in either version of the protocol: writes on its own, or copies one
 * partition to another and commits its position with the copies. It ends when it is refused, as one
 * is that another has fenced, and now and then in the middle of a transaction.
 */
final class WireTransactions extends Client {

  private static final int TIMEOUT_MILLIS = 600_000;
  private static final int MOST_RECORDS = 4;

  private final Plan plan;
  private final NodeLink link;
  private final int[] sequences;
  private final Set<Integer> added = new HashSet<>();
  private Producer producer = Producer.NOBODY;
  private int records;
  private long position;

  /**
   * What it does.
   *
   * @param isAlone whether nobody else uses the transactional id, so nothing may be refused
   * @param newProtocol whether partitions come into a transaction by being written to (KIP-890)
   * @param delayMillis before it begins
   * @param group the group whose position it commits with the copies, or an empty name for none
   */
  record Plan(
      String transactionalId,
      boolean isAlone,
      boolean newProtocol,
      int transactions,
      int delayMillis,
      String group,
      int input,
      int output) {

    boolean copies() {
      return !group.isEmpty();
    }
  }

  WireTransactions(String who, Setting setting, long seed, Plan plan) {
    super(who, setting, seed);
    this.plan = plan;
    link = new NodeLink(setting.node());
    sequences = new int[setting.partitions()];
  }

  @Override
  public void run() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(plan.delayMillis()));
    try (link) {
      if (!begin() || !findPosition()) {
        return;
      }
      for (int i = 0; i < plan.transactions(); i++) {
        if (!transaction(who + "#" + i)) {
          return;
        }
      }
    }
  }

  /** Whether it may go on; a producer that nobody else can have fenced has to be let on. */
  private boolean mayGoOn(String what, Answer answer, long sent) {
    if (!answer.isDone() && plan.isAlone()) {
      refused(what, answer.error(), sent);
    }
    return answer.isDone();
  }

  private boolean begin() {
    long sent = now();
    Answer answer =
        ask(
            () -> {
              InitProducerIdResponseData got = init(link, plan.transactionalId());
              producer =
                  new Producer(got.producerId(), got.producerEpoch(), plan.transactionalId());
              return Errors.forCode(got.errorCode());
            });
    history().add(new Begin(who, plan.transactionalId(), sent, now()));
    return mayGoOn("to begin", answer, sent);
  }

  static InitProducerIdResponseData init(NodeLink link, String transactionalId) throws IOException {
    return link.call(
        ApiKeys.INIT_PRODUCER_ID,
        4,
        new InitProducerIdRequestData()
            .setTransactionalId(transactionalId)
            .setTransactionTimeoutMs(TIMEOUT_MILLIS),
        InitProducerIdResponseData::new);
  }

  private boolean findPosition() {
    if (!plan.copies()) {
      return true;
    }
    long first = now();
    long[] sent = new long[1];
    Answer answer =
        ask(
            () -> {
              sent[0] = now();
              GroupRequests.Position found =
                  GroupRequests.fetch(link, plan.group(), plan.input(), true);
              position = found.offset();
              return found.error();
            });
    if (answer.isDone()) {
      history().add(new FetchOffset(who, plan.group(), plan.input(), sent[0], now(), position));
      position = Math.max(0, position);
    }
    return mayGoOn("to fetch its position", answer, first);
  }

  // ---- one transaction ----

  /** False when the producer cannot go on, or has had enough. */
  private boolean transaction(String name) {
    added.clear();
    if (plan.newProtocol()) {
      Arrays.fill(sequences, 0);
    }
    boolean written = plan.copies() ? copy(name) : write(name);
    if (!written) {
      return false;
    }
    if (added.isEmpty()) {
      return true;
    }
    int fate = random.nextInt(10);
    if (fate == 0) {
      return false; // The client is gone, its transaction is open.
    }
    return end(name, fate > 3) && (fate > 3 || findPosition());
  }

  private boolean write(String name) {
    for (int batch = 1 + random.nextInt(3); batch > 0; batch--) {
      List<String> values =
          IntStream.rangeClosed(0, random.nextInt(MOST_RECORDS))
              .mapToObj(i -> who + "-" + records++)
              .toList();
      if (!produce(name, random.nextInt(setting.partitions()), values)) {
        return false;
      }
    }
    return true;
  }

  private boolean copy(String name) {
    Fetched some;
    try {
      some = WireRecords.fetch(link, plan.input(), position, true, 100 + random.nextInt(600), 20);
    } catch (IOException e) {
      setting.checkTime(who);
      return true;
    }
    if (some.error() == Errors.OFFSET_OUT_OF_RANGE) {
      refused("to read from " + position, some.error(), now());
      return false;
    }
    if (some.records().isEmpty()) {
      return true;
    }
    List<String> values = new ArrayList<>();
    some.records()
        .forEach(each -> values.add(OffsetChecks.copyOf(each.value(), who + "-" + records++)));
    if (!produce(name, plan.output(), values) || !commitOffset(name, some.next())) {
      return false;
    }
    position = some.next();
    return true;
  }

  private boolean produce(String name, int partition, List<String> values) {
    long sent = now();
    if (!plan.newProtocol() && !added.contains(partition)) {
      Answer answer = ask(() -> addPartition(partition));
      if (!mayGoOn("to add a partition", answer, sent)) {
        return false;
      }
    }
    added.add(partition);
    int version = plan.newProtocol() ? 12 : WireProducer.PRODUCE_VERSION;
    long[] offset = {-1};
    Answer answer =
        ask(
            () -> {
              var got =
                  link.call(
                          ApiKeys.PRODUCE,
                          version,
                          WireRecords.produce(
                              producer,
                              partition,
                              sequences[partition],
                              values,
                              (short) -1,
                              random),
                          ProduceResponseData::new)
                      .responses()
                      .iterator()
                      .next()
                      .partitionResponses()
                      .getFirst();
              Errors error = Errors.forCode(got.errorCode());
              offset[0] = error == Errors.NONE ? got.baseOffset() : -1;
              return error == Errors.DUPLICATE_SEQUENCE_NUMBER ? Errors.NONE : error;
            });
    sequences[partition] += values.size();
    history()
        .add(
            new Produce(
                who,
                partition,
                values,
                name,
                Delivery.ONCE,
                false,
                sent,
                answer.isDone() ? now() : Operation.NEVER,
                answer.outcome(),
                offset[0]));
    return mayGoOn("to produce " + values, answer, sent);
  }

  private Errors addPartition(int partition) throws IOException {
    AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
    topics.add(new AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(partition)));
    AddPartitionsToTxnResponseData got =
        link.call(
            ApiKeys.ADD_PARTITIONS_TO_TXN,
            3,
            new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(plan.transactionalId())
                .setV3AndBelowProducerId(producer.id())
                .setV3AndBelowProducerEpoch(producer.epoch())
                .setV3AndBelowTopics(topics),
            AddPartitionsToTxnResponseData::new);
    return Errors.forCode(
        got.resultsByTopicV3AndBelow()
            .iterator()
            .next()
            .resultsByPartition()
            .iterator()
            .next()
            .partitionErrorCode());
  }

  private boolean commitOffset(String name, long offset) {
    long sent = now();
    if (!plan.newProtocol()) {
      Answer answer = ask(this::addOffsets);
      if (!mayGoOn("to add a group", answer, sent)) {
        return false;
      }
    }
    Answer answer = ask(() -> commitInTransaction(offset));
    history()
        .add(
            new CommitOffset(
                who,
                plan.group(),
                plan.input(),
                offset,
                name,
                sent,
                answer.isDone() ? now() : Operation.NEVER,
                answer.outcome()));
    return mayGoOn("to commit an offset", answer, sent);
  }

  private Errors addOffsets() throws IOException {
    return Errors.forCode(
        link.call(
                ApiKeys.ADD_OFFSETS_TO_TXN,
                3,
                new AddOffsetsToTxnRequestData()
                    .setTransactionalId(plan.transactionalId())
                    .setProducerId(producer.id())
                    .setProducerEpoch(producer.epoch())
                    .setGroupId(plan.group()),
                AddOffsetsToTxnResponseData::new)
            .errorCode());
  }

  private Errors commitInTransaction(long offset) throws IOException {
    return Errors.forCode(
        link.call(
                ApiKeys.TXN_OFFSET_COMMIT,
                plan.newProtocol() ? 5 : 3,
                new TxnOffsetCommitRequestData()
                    .setTransactionalId(plan.transactionalId())
                    .setGroupId(plan.group())
                    .setProducerId(producer.id())
                    .setProducerEpoch(producer.epoch())
                    .setTopics(
                        List.of(
                            new TxnOffsetCommitRequestTopic()
                                .setName(TOPIC)
                                .setPartitions(
                                    List.of(
                                        new TxnOffsetCommitRequestPartition()
                                            .setPartitionIndex(plan.input())
                                            .setCommittedOffset(offset))))),
                TxnOffsetCommitResponseData::new)
            .topics()
            .getFirst()
            .partitions()
            .getFirst()
            .errorCode());
  }

  private boolean end(String name, boolean commit) {
    long sent = now();
    Answer answer =
        ask(
            () -> {
              EndTxnResponseData got =
                  link.call(
                      ApiKeys.END_TXN,
                      plan.newProtocol() ? 5 : 3,
                      new EndTxnRequestData()
                          .setTransactionalId(plan.transactionalId())
                          .setProducerId(producer.id())
                          .setProducerEpoch(producer.epoch())
                          .setCommitted(commit),
                      EndTxnResponseData::new);
              if (got.errorCode() == 0 && plan.newProtocol()) {
                producer =
                    new Producer(got.producerId(), got.producerEpoch(), plan.transactionalId());
              }
              return Errors.forCode(got.errorCode());
            });
    history()
        .add(
            new EndTransaction(
                who,
                name,
                commit,
                sent,
                answer.isDone() ? now() : Operation.NEVER,
                answer.outcome()));
    return mayGoOn(commit ? "to commit" : "to abort", answer, sent);
  }
}
