package io.millrace.kafka.fetch;

import io.millrace.broker.producer.AbortedTransactions;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.net.SliceRegion;
import io.millrace.kafka.wire.ResponseWriter;
import io.millrace.log.LogSlice;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;

/**
 * Fetch answers, versions 4 to 18. Records go out as file regions, which the kernel copies from its
 * page cache into the socket; short ones are copied into the answer, where one more system call
 * would cost more than the copy.
 */
final class FetchResponseEncoder {

  private static final int COPIED_UP_TO_BYTES = 16 * 1024;
  private static final int MOST_COPIED_BYTES = 64 * 1024;
  private static final int BYTES_PER_PARTITION = 72;
  private static final int BYTES_PER_ABORTED = 17;

  private final Exchange exchange;
  private final boolean readCommitted;
  private final int throttleMillis;
  private final List<Object> parts = new ArrayList<>();
  private ByteBuf frame;
  private ResponseWriter out;
  private long bytesBefore;
  private int copied;

  FetchResponseEncoder(Exchange exchange, boolean readCommitted, int throttleMillis) {
    this.throttleMillis = throttleMillis;
    this.exchange = exchange;
    this.readCommitted = readCommitted;
    this.frame = exchange.startAnswer(BYTES_PER_PARTITION);
    this.out = new ResponseWriter(frame, exchange.flexible());
  }

  /** An answer that refuses the request as a whole. */
  static ByteBuf refusal(Exchange exchange, Errors error, int sessionId) {
    ByteBuf frame = exchange.startAnswer(BYTES_PER_PARTITION);
    ResponseWriter out = new ResponseWriter(frame, exchange.flexible());
    out.int32(exchange.chargeTime());
    out.int16(error.code());
    out.int32(sessionId);
    out.count(0);
    out.noTags();
    return frame;
  }

  /** About the size of an answer with these results: what its client is charged for. */
  static long sizeOf(List<FetchResult> results) {
    long sum = 32L + (long) results.size() * BYTES_PER_PARTITION;
    for (FetchResult result : results) {
      sum += result.recordBytes();
    }
    return sum;
  }

  /** Answers with these results, whose slices go with the answer. */
  void answer(List<FetchResult> results, int sessionId) {
    frame.ensureWritable(32 + results.size() * BYTES_PER_PARTITION + recordsToCopy(results));
    out.int32(throttleMillis);
    if (exchange.version() >= 7) {
      out.int16(Errors.NONE.code());
      out.int32(sessionId);
    }
    out.count(topics(results));
    for (int i = 0; i < results.size(); ) {
      i = topic(results, i);
    }
    out.noTags();
    if (parts.isEmpty()) {
      exchange.answer(frame);
    } else {
      parts.add(frame);
      exchange.answer(parts, bytesBefore + frame.readableBytes());
    }
  }

  /** Writes all results of the topic of result {@code first}, and returns the next one. */
  private int topic(List<FetchResult> results, int first) {
    FetchPartition named = results.get(first).partition();
    UUID id = named.topicId();
    if (id != null) {
      out.uuid(id);
    } else {
      out.string(named.topic());
    }
    int end = first;
    while (end < results.size() && results.get(end).partition().sameTopic(named)) {
      end++;
    }
    out.count(end - first);
    for (int i = first; i < end; i++) {
      partition(results.get(i));
    }
    out.noTags();
    return end;
  }

  private static int topics(List<FetchResult> results) {
    int count = 0;
    for (int i = 0; i < results.size(); i++) {
      if (i == 0 || !results.get(i).partition().sameTopic(results.get(i - 1).partition())) {
        count++;
      }
    }
    return count;
  }

  private void partition(FetchResult result) {
    short version = exchange.version();
    out.int32(result.partition().index());
    out.int16(result.error().code());
    out.int64(result.highWatermark());
    out.int64(result.lastStableOffset());
    if (version >= 5) {
      out.int64(result.startOffset());
    }
    aborted(result);
    if (version >= 11) {
      out.int32(-1); // no other replica is preferred
    }
    records(result);
    out.noTags();
  }

  private void aborted(FetchResult result) {
    AbortedTransactions.View index = result.aborted();
    LogSlice slice = result.records();
    if (!readCommitted) {
      out.count(-1);
    } else if (index == null || slice == null || index.count() == 0) {
      out.count(0);
    } else {
      long from = result.partition().offset();
      long to = slice.offsetBound();
      int count = index.visit(from, to, null);
      out.count(count);
      frame.ensureWritable(count * BYTES_PER_ABORTED + BYTES_PER_PARTITION);
      index.visit(
          from,
          to,
          (producerId, firstOffset) -> {
            out.int64(producerId);
            out.int64(firstOffset);
            out.noTags();
          });
    }
  }

  private void records(FetchResult result) {
    LogSlice slice = result.records();
    int bytes = result.recordBytes();
    out.count(bytes);
    if (slice == null) {
      return;
    }
    if (isCopied(bytes, copied)) {
      copied += bytes;
      frame.ensureWritable(bytes + BYTES_PER_PARTITION);
      slice.copyTo(frame.nioBuffer(frame.writerIndex(), bytes));
      frame.writerIndex(frame.writerIndex() + bytes);
      slice.close();
      return;
    }
    Connection connection = exchange.connection();
    parts.add(frame);
    connection.regionOpened();
    parts.add(new SliceRegion(slice, connection::regionClosed));
    bytesBefore += frame.readableBytes() + bytes;
    frame = connection.allocator().directBuffer(BYTES_PER_PARTITION * 2);
    out = new ResponseWriter(frame, exchange.flexible());
  }

  private static boolean isCopied(int bytes, int copiedBefore) {
    return bytes <= COPIED_UP_TO_BYTES && copiedBefore + bytes <= MOST_COPIED_BYTES;
  }

  private static int recordsToCopy(List<FetchResult> results) {
    int sum = 0;
    for (FetchResult result : results) {
      if (isCopied(result.recordBytes(), sum)) {
        sum += result.recordBytes();
      }
    }
    return sum;
  }
}
