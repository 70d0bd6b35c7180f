package io.millrace.broker.group.member;

import io.millrace.broker.group.member.HeartbeatRecord.Kind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the records of a heartbeat protocol are written, in Kafka's own schemas. A key is its kind,
 * as a version i16, and texts with i16 lengths: the group and, where there is one, the member. A
 * value is version 0, an i16, and the record's fields in the compact form with tagged fields
 * (KIP-482). What the fields are is the protocol's. Any thread.
 */
public final class RecordFormat<R extends HeartbeatRecord> {

  private static final short VALUE_VERSION = 0;
  private static final int TIME_TAG = 0;

  private final String kindOfGroup;
  private final Map<Kind, Integer> versions;
  private final Map<Short, Kind> kinds = new HashMap<>();
  private final Fields<R> fields;

  /** The fields of a protocol's records. */
  public interface Fields<R> {

    /** Writes what a record says that is no tombstone. */
    void write(R record, CompactWriter out);

    /**
     * Reads that; null when it is of a version that is not known here.
     *
     * @param memberId empty for what is the group's
     */
    @Nullable R read(Kind kind, String group, String memberId, CompactReader in);

    /** A tombstone. */
    R tombstone(Kind kind, String group, @Nullable String memberId);
  }

  /**
   * A format.
   *
   * @param kindOfGroup for people, such as {@code share}
   * @param versions of the keys
   */
  public RecordFormat(String kindOfGroup, Map<Kind, Integer> versions, Fields<R> fields) {
    this.kindOfGroup = kindOfGroup;
    this.versions = new EnumMap<>(versions);
    versions.forEach((kind, version) -> kinds.put(version.shortValue(), kind));
    this.fields = fields;
  }

  /** Whether a key of that version is one of these records'. */
  public boolean reads(short keyVersion) {
    return kinds.containsKey(keyVersion);
  }

  /** The record's key. */
  public ByteBuffer key(R record) {
    CompactWriter out = new CompactWriter();
    out.i16(versions.getOrDefault(record.kind(), -1)).shortText(record.group());
    String memberId = record.memberId();
    return (memberId == null ? out : out.shortText(memberId)).toBuffer();
  }

  /** The record's value, or null for a tombstone. */
  public @Nullable ByteBuffer value(R record) {
    if (record.isTombstone()) {
      return null;
    }
    CompactWriter out = new CompactWriter().i16(VALUE_VERSION);
    fields.write(record, out);
    return out.toBuffer();
  }

  /**
   * The record with the given key and value, or null when its value is of a version that is not
   * known here.
   *
   * @throws IllegalArgumentException when the bytes are cut short or claim more than there is
   */
  public @Nullable R decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      CompactReader in = new CompactReader(key);
      Kind kind = kinds.get(in.i16());
      if (kind == null) {
        return null;
      }
      String group = in.shortText();
      String memberId = kind.ofMember() ? in.shortText() : null;
      if (value == null) {
        return fields.tombstone(kind, group, memberId);
      }
      CompactReader body = new CompactReader(value);
      return body.i16() == VALUE_VERSION
          ? fields.read(kind, group, memberId == null ? "" : memberId, body)
          : null;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a record of a " + kindOfGroup + " group is cut short", e);
    }
  }

  // ---- fields that all protocols have ----

  /** Writes the group epoch that targets stand for, and when they were computed. */
  public static void writeTargetEpoch(CompactWriter out, int epoch, long assignedMillis) {
    out.i32(epoch).count(1);
    out.count(TIME_TAG).count(Long.BYTES).i64(assignedMillis);
  }

  /** Reads the time that follows the epoch; 0 when it is not told. */
  public static long readAssignedMillis(CompactReader in) {
    return in.tag(TIME_TAG, 0);
  }
}
