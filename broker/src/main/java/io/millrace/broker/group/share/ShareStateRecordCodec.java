package io.millrace.broker.group.share;

import io.millrace.broker.group.member.CompactReader;
import io.millrace.broker.group.member.CompactWriter;
import io.millrace.broker.group.share.ShareStateRecord.Forgotten;
import io.millrace.broker.group.share.ShareStateRecord.Snapshot;
import io.millrace.broker.group.share.ShareStateRecord.Update;
import io.millrace.broker.journal.StateJournal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records of share-partitions in Kafka's own schemas (KIP-932; ShareSnapshot and ShareUpdate of its
 * share coordinator). A value is version 0 in the compact form with tagged fields (KIP-482).
 *
 * <pre>
 *   key         i16: 0 snapshot, 1 update · group · topic id 16 bytes · partition i32
 *   0 snapshot  snapshot epoch i32 · state epoch i32 · leader epoch i32 · start i64 ·
 *               create and write time i64 · batches · tag 0: finished i32
 *   1 update    snapshot epoch i32 · leader epoch i32 · start i64 · batches · tag 0: finished i32
 *   batch       first i64 · last i64 · state i8 · delivery count i16
 * </pre>
 */
final class ShareStateRecordCodec implements StateJournal.Encoder<ShareStateRecord> {

  private static final short SNAPSHOT = 0;
  private static final short UPDATE = 1;
  private static final short VALUE_VERSION = 0;
  private static final int FINISHED_TAG = 0;
  private static final int BATCH_BYTES = 20;

  // ---- encode ----

  @Override
  public ByteBuffer key(ShareStateRecord record) {
    SharePartitionKey key = record.key();
    return new CompactWriter()
        .i16(record instanceof Update ? UPDATE : SNAPSHOT)
        .shortText(key.group())
        .i64(key.topicId().getMostSignificantBits())
        .i64(key.topicId().getLeastSignificantBits())
        .i32(key.partition())
        .toBuffer();
  }

  @Override
  public @Nullable ByteBuffer value(ShareStateRecord record) {
    CompactWriter out = new CompactWriter().i16(VALUE_VERSION);
    switch (record) {
      case Snapshot snapshot -> {
        out.i32(snapshot.snapshotEpoch()).i32(snapshot.stateEpoch()).i32(snapshot.leaderEpoch());
        out.i64(snapshot.start()).i64(snapshot.createMillis()).i64(snapshot.writeMillis());
        batches(out, snapshot.batches(), snapshot.finished());
      }
      case Update update -> {
        out.i32(update.snapshotEpoch()).i32(update.leaderEpoch()).i64(update.start());
        batches(out, update.batches(), update.finished());
      }
      case Forgotten unused -> {
        return null;
      }
    }
    return out.toBuffer();
  }

  private static void batches(CompactWriter out, List<StateBatch> batches, int finished) {
    out.size(batches.size());
    for (StateBatch each : batches) {
      out.i64(each.first()).i64(each.last());
      out.i8(each.state().code()).i16(each.deliveryCount()).count(0);
    }
    out.count(1).count(FINISHED_TAG).count(Integer.BYTES).i32(finished);
  }

  // ---- decode ----

  /**
   * The record with the given key and value, or null when it is of a kind or version that is not
   * known here.
   *
   * @throws IllegalArgumentException when the bytes are cut short or claim more than there is
   */
  static @Nullable ShareStateRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      CompactReader in = new CompactReader(key);
      short kind = in.i16();
      if (kind != SNAPSHOT && kind != UPDATE) {
        return null;
      }
      SharePartitionKey about =
          new SharePartitionKey(in.shortText(), new UUID(in.i64(), in.i64()), in.i32());
      if (value == null) {
        return new Forgotten(about);
      }
      CompactReader body = new CompactReader(value);
      if (body.i16() != VALUE_VERSION) {
        return null;
      }
      return kind == SNAPSHOT ? snapshot(about, body) : update(about, body);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record of a share-partition is cut short", e);
    }
  }

  private static Snapshot snapshot(SharePartitionKey key, CompactReader in) {
    int snapshotEpoch = in.i32();
    int stateEpoch = in.i32();
    int leaderEpoch = in.i32();
    long start = in.i64();
    long created = in.i64();
    long written = in.i64();
    List<StateBatch> batches = batches(in);
    int finished = in.intTag(FINISHED_TAG, -1);
    return new Snapshot(
        key, snapshotEpoch, stateEpoch, leaderEpoch, start, finished, created, written, batches);
  }

  private static Update update(SharePartitionKey key, CompactReader in) {
    int snapshotEpoch = in.i32();
    int leaderEpoch = in.i32();
    long start = in.i64();
    List<StateBatch> batches = batches(in);
    return new Update(key, snapshotEpoch, leaderEpoch, start, in.intTag(FINISHED_TAG, -1), batches);
  }

  private static List<StateBatch> batches(CompactReader in) {
    int count = in.size(BATCH_BYTES);
    List<StateBatch> batches = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long first = in.i64();
      long last = in.i64();
      DeliveryState state = DeliveryState.of(in.i8());
      int deliveryCount = in.i16();
      in.tags();
      if (state == null || state == DeliveryState.ACQUIRED || first < 0 || last < first) {
        throw new IllegalArgumentException(
            "a record of a share-partition has a bad batch of " + first + " to " + last);
      }
      batches.add(new StateBatch(first, last, state, deliveryCount));
    }
    return batches;
  }
}
