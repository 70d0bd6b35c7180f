package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Delivery;
import io.millrace.kafka.consistency.Operation.Outcome;
import io.millrace.kafka.consistency.Operation.Produce;
import io.millrace.kafka.consistency.WireRecords.Producer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * A producer outside transactions. An idempotent one has up to five batches under way, sends all
 * that is unanswered again when its connection has ended, and now and then a batch that was
 * answered too; another one sends each batch once, and does not know what became of it when the
 * node dies.
 */
final class WireProducer extends Client {

  static final int PRODUCE_VERSION = 9;
  private static final int MOST_IN_FLIGHT = 5;
  private static final int MOST_RECORDS = 4;

  private final boolean idempotent;
  private final NodeLink link;
  private final int[] sequences;
  private final ArrayDeque<Batch> inFlight = new ArrayDeque<>();
  private Producer producer = Producer.NOBODY;
  private int batches;
  private int records;

  private record Batch(int partition, int sequence, List<String> values, long sent) {}

  WireProducer(String who, Setting setting, long seed, boolean idempotent, int batches) {
    super(who, setting, seed);
    this.idempotent = idempotent;
    this.batches = batches;
    link = new NodeLink(setting.node());
    sequences = new int[setting.partitions()];
  }

  @Override
  public void run() {
    try (link) {
      if (idempotent) {
        begin();
        produceOnce();
      } else {
        while (batches-- > 0) {
          produceAtMostOnce();
        }
      }
    }
  }

  private void begin() {
    InitProducerIdRequestData request =
        new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000);
    ask(
        () -> {
          InitProducerIdResponseData answer =
              link.call(ApiKeys.INIT_PRODUCER_ID, 4, request, InitProducerIdResponseData::new);
          producer = new Producer(answer.producerId(), answer.producerEpoch(), null);
          return Errors.forCode(answer.errorCode());
        });
  }

  private List<String> values() {
    List<String> values = new ArrayList<>();
    for (int i = 1 + random.nextInt(MOST_RECORDS); i > 0; i--) {
      values.add(who + "-" + records++);
    }
    return values;
  }

  // ---- idempotent ----

  private void produceOnce() {
    while (batches > 0 || !inFlight.isEmpty()) {
      try {
        int atOnce = 1 + random.nextInt(MOST_IN_FLIGHT);
        while (batches > 0 && inFlight.size() < atOnce) {
          batches--;
          List<String> values = values();
          int partition = random.nextInt(setting.partitions());
          Batch batch = new Batch(partition, sequences[partition], values, now());
          sequences[partition] += values.size();
          inFlight.add(batch);
          send(batch);
        }
        if (!answered(inFlight.element(), false)) {
          return;
        }
        Batch done = inFlight.remove();
        if (inFlight.isEmpty() && random.nextInt(8) == 0) {
          sendAgain(done);
        }
      } catch (IOException e) {
        sendAllAgain();
      }
    }
  }

  private void send(Batch batch) throws IOException {
    link.send(ApiKeys.PRODUCE, PRODUCE_VERSION, request(batch));
  }

  private ProduceRequestData request(Batch batch) {
    return WireRecords.produce(
        producer, batch.partition(), batch.sequence(), batch.values(), (short) -1, random);
  }

  private void sendAllAgain() {
    while (true) {
      setting.checkTime(who);
      try {
        link.reset();
        for (Batch batch : inFlight) {
          send(batch);
        }
        return;
      } catch (IOException e) {
        NodeLink.pause();
      }
    }
  }

  /** Reads the next answer, which is to that batch; false when there is no sense in going on. */
  private boolean answered(Batch batch, boolean again) throws IOException {
    PartitionProduceResponse answer = answer();
    Errors error = Errors.forCode(answer.errorCode());
    if (error.exception() instanceof RetriableException) {
      throw new IOException(error.message());
    }
    boolean done = error == Errors.NONE || error == Errors.DUPLICATE_SEQUENCE_NUMBER;
    note(
        batch,
        Delivery.ONCE,
        again,
        done ? Outcome.DONE : Outcome.UNKNOWN,
        error == Errors.NONE ? answer.baseOffset() : -1);
    if (!done) {
      refused("batch " + batch, error, batch.sent());
    }
    return done;
  }

  private PartitionProduceResponse answer() throws IOException {
    return link.receive(ApiKeys.PRODUCE, PRODUCE_VERSION, ProduceResponseData::new)
        .responses()
        .iterator()
        .next()
        .partitionResponses()
        .getFirst();
  }

  /** As after an answer that was lost: it has to be recognized. */
  private void sendAgain(Batch batch) throws IOException {
    Batch copy = new Batch(batch.partition(), batch.sequence(), batch.values(), now());
    try {
      send(copy);
      answered(copy, true);
    } catch (IOException e) {
      link.reset();
    }
  }

  private void note(Batch batch, Delivery delivery, boolean again, Outcome outcome, long offset) {
    history()
        .add(
            new Produce(
                who,
                batch.partition(),
                batch.values(),
                Operation.NO_TRANSACTION,
                delivery,
                again,
                batch.sent(),
                outcome == Outcome.DONE ? now() : Operation.NEVER,
                outcome,
                offset));
  }

  // ---- once, and no more ----

  private void produceAtMostOnce() {
    Batch batch = new Batch(random.nextInt(setting.partitions()), 0, values(), now());
    short acks = (short) (random.nextInt(3) - 1);
    Delivery delivery = acks == -1 ? Delivery.AT_MOST_ONCE : Delivery.UNSEEN;
    ProduceRequestData request =
        WireRecords.produce(producer, batch.partition(), 0, batch.values(), acks, random);
    try {
      link.send(ApiKeys.PRODUCE, PRODUCE_VERSION, request);
      if (acks == 0) {
        link.expectNoAnswer();
        note(batch, delivery, false, Outcome.UNKNOWN, -1);
        return;
      }
      PartitionProduceResponse answer = answer();
      boolean done = answer.errorCode() == 0;
      note(
          batch,
          delivery,
          false,
          done ? Outcome.DONE : Outcome.UNKNOWN,
          done ? answer.baseOffset() : -1);
    } catch (IOException e) {
      note(batch, delivery, false, Outcome.UNKNOWN, -1);
      setting.checkTime(who);
    }
  }
}
