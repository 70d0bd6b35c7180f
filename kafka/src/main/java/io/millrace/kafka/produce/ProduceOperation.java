package io.millrace.kafka.produce;

import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.produce.ProduceRequestDecoder.ProduceRequest;
import io.millrace.kafka.produce.ProduceRequestDecoder.TopicBatches;
import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.ResponseWriter;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Produce request under way: answers once each of its partitions has ended. */
final class ProduceOperation {

  private static final Logger LOG = LoggerFactory.getLogger(ProduceOperation.class);
  private static final int ANSWER_BYTES_PER_PARTITION = 48;

  private final Exchange exchange;
  private final ProduceRequest request;
  private final List<PartitionAppend> appends;
  private final boolean answered;
  private final AtomicInteger open;

  /**
   * @param answered false where the protocol has no answer (acks=0)
   */
  ProduceOperation(
      Exchange exchange, ProduceRequest request, List<PartitionAppend> appends, boolean answered) {
    this.exchange = exchange;
    this.request = request;
    this.appends = appends;
    this.answered = answered;
    this.open = new AtomicInteger(request.partitions());
  }

  /** One more partition has ended; any thread. */
  void ended() {
    if (open.decrementAndGet() != 0) {
      return;
    }
    if (exchange.connection().eventLoop().inEventLoop()) {
      answer();
      return;
    }
    try {
      exchange.connection().execute(this::answer);
    } catch (RejectedExecutionException e) {
      exchange.releaseBody();
      LOG.debug("The server was closed before {} partitions were answered", request.partitions());
    }
  }

  void answer() {
    RequestBill bill = exchange.bill();
    int throttleMillis = 0;
    if (bill != null) {
      throttleMillis = bill.chargeProduce(exchange.requestBytes());
      if (answered) {
        throttleMillis = bill.chargeTime();
      }
    }
    if (answered) {
      exchange.answer(encode(throttleMillis));
    } else if (appends.stream().anyMatch(append -> append.error() != Errors.NONE)) {
      // Without an answer, a closed connection is the only sign of failure that there is.
      exchange.closeConnection();
    } else {
      exchange.answerNothing();
    }
  }

  private ByteBuf encode(int throttleMillis) {
    short version = exchange.version();
    ByteBuf frame = exchange.startAnswer(64 + request.partitions() * ANSWER_BYTES_PER_PARTITION);
    ResponseWriter out = new ResponseWriter(frame, exchange.flexible());
    out.count(request.topics().size());
    int next = 0;
    for (TopicBatches topic : request.topics()) {
      UUID id = topic.id();
      if (id != null) {
        out.uuid(id);
      } else {
        out.string(topic.name());
      }
      int partitions = topic.partitions().size();
      out.count(partitions);
      for (int i = 0; i < partitions; i++) {
        encode(out, appends.get(next++), version);
      }
      out.noTags();
    }
    out.int32(throttleMillis);
    out.noTags();
    return frame;
  }

  private static void encode(ResponseWriter out, PartitionAppend append, short version) {
    out.int32(append.batches().index());
    out.int16(append.error().code());
    out.int64(append.baseOffset());
    out.int64(append.appendTimeMillis());
    if (version >= 5) {
      out.int64(append.startOffset());
    }
    if (version >= 8) {
      out.count(0); // errors of single records
      out.string(append.message());
    }
    out.noTags();
  }
}
