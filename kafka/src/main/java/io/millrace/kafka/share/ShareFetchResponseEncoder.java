package io.millrace.kafka.share;

import io.millrace.broker.group.share.AcquiredRecords;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.net.SliceRegion;
import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.ResponseWriter;
import io.millrace.log.LogSlice;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * ShareFetch answers, versions 1 and 2. As with Fetch, records go out as file regions, and short
 * ones are copied.
 */
final class ShareFetchResponseEncoder {

  private static final int COPIED_UP_TO_BYTES = 16 * 1024;
  private static final int MOST_COPIED_BYTES = 64 * 1024;
  private static final int START_BYTES = 256;
  private static final int NOBODY = -1;

  private final Exchange exchange;
  private final List<Object> parts = new ArrayList<>();
  private ByteBuf frame;
  private ResponseWriter out;
  private long bytesBefore;
  private int copied;

  ShareFetchResponseEncoder(Exchange exchange) {
    this.exchange = exchange;
    this.frame = exchange.startAnswer(START_BYTES);
    this.out = new ResponseWriter(frame, exchange.flexible());
  }

  /** An answer that refuses the request as a whole. */
  static ByteBuf refusal(Exchange exchange, Errors error, @Nullable String message) {
    ByteBuf frame = exchange.startAnswer(START_BYTES);
    ResponseWriter out = new ResponseWriter(frame, exchange.flexible());
    head(out, exchange.chargeTime(), error, message, 0);
    out.count(0);
    tail(out);
    return frame;
  }

  private static void head(
      ResponseWriter out,
      int throttleMillis,
      Errors error,
      @Nullable String message,
      int lockMillis) {
    out.int32(throttleMillis);
    out.int16(error.code());
    out.string(message);
    out.int32(lockMillis);
  }

  private static void tail(ResponseWriter out) {
    out.count(0); // endpoints of other leaders
    out.noTags();
  }

  /** Answers with these results, whose slices go with the answer. */
  void answer(List<ShareFetchResult> results, int lockMillis) {
    Map<UUID, List<ShareFetchResult>> byTopic = new LinkedHashMap<>();
    for (ShareFetchResult each : results) {
      byTopic.computeIfAbsent(each.partition().topicId(), id -> new ArrayList<>()).add(each);
    }
    RequestBill bill = exchange.bill();
    int throttleMillis = bill == null ? 0 : bill.chargeShareFetch(sizeOf(results));
    head(out, throttleMillis, Errors.NONE, null, lockMillis);
    out.count(byTopic.size());
    byTopic.forEach(
        (id, some) -> {
          out.uuid(id);
          out.count(some.size());
          some.forEach(this::partition);
          out.noTags();
        });
    tail(out);
    if (parts.isEmpty()) {
      exchange.answer(frame);
    } else {
      parts.add(frame);
      exchange.answer(parts, bytesBefore + frame.readableBytes());
    }
  }

  /** About the size of the answer: what its client is charged for. */
  private static long sizeOf(List<ShareFetchResult> results) {
    long sum = START_BYTES;
    for (ShareFetchResult result : results) {
      sum += result.recordBytes();
    }
    return sum;
  }

  private void partition(ShareFetchResult result) {
    out.int32(result.partition().partition());
    out.int16(result.error().code());
    out.string(result.message());
    out.int16(result.acknowledged().error().code());
    out.string(result.acknowledged().message());
    out.int32(NOBODY); // no other node leads
    out.int32(NOBODY);
    out.noTags();
    records(result);
    out.count(result.acquired().size());
    for (AcquiredRecords each : result.acquired()) {
      out.int64(each.first());
      out.int64(each.last());
      out.int16(each.deliveryCount());
      out.noTags();
    }
    out.noTags();
  }

  private void records(ShareFetchResult result) {
    LogSlice slice = result.records();
    int bytes = result.recordBytes();
    out.count(bytes);
    if (slice == null) {
      return;
    }
    if (bytes <= COPIED_UP_TO_BYTES && copied + bytes <= MOST_COPIED_BYTES) {
      copied += bytes;
      frame.ensureWritable(bytes + START_BYTES);
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
    frame = connection.allocator().directBuffer(START_BYTES);
    out = new ResponseWriter(frame, exchange.flexible());
  }
}
