package io.millrace.broker.transaction;

import io.millrace.broker.journal.StateJournal;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.transaction.TransactionCoordinator.Protocol;
import io.millrace.broker.transaction.TransactionRecord.IdForgotten;
import io.millrace.broker.transaction.TransactionRecord.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Transaction records in Kafka's own schema, so that its tools can read them: TransactionLogKey 0,
 * TransactionLogValue 0 and 1. Version 1, which is written, has compact lengths and tagged fields
 * (KIP-482).
 *
 * <pre>
 *   key    version i16 · transactional id
 *   value  version i16 · producer id i64 · epoch i16 · timeout i32 · state i8 ·
 *          topics or null, each: name · partitions i32… · update time i64 · start time i64 ·
 *          tags: 0 previous producer id i64, 1 next producer id i64, 2 client's protocol i16
 * </pre>
 */
final class TransactionRecordCodec implements StateJournal.Encoder<TransactionRecord> {

  private static final short KEY = 0;
  private static final short OLD_VALUE = 0;
  private static final short VALUE = 1;
  private static final int PREVIOUS_ID = 0;
  private static final int NEXT_ID = 1;
  private static final int PROTOCOL = 2;

  // ---- encode ----

  @Override
  public ByteBuffer key(TransactionRecord entry) {
    return encode(
        out -> {
          out.writeShort(KEY);
          byte[] utf8 = entry.transactionalId().getBytes(StandardCharsets.UTF_8);
          out.writeShort(utf8.length);
          out.write(utf8);
        });
  }

  @Override
  public @Nullable ByteBuffer value(TransactionRecord entry) {
    return switch (entry) {
      case IdForgotten unused -> null;
      case Transaction transaction -> encode(out -> write(out, transaction));
    };
  }

  private static void write(DataOutputStream out, Transaction transaction) throws IOException {
    out.writeShort(VALUE);
    out.writeLong(transaction.producerId());
    out.writeShort(transaction.epoch());
    out.writeInt(transaction.timeoutMillis());
    out.writeByte(transaction.state().id());
    Map<String, List<Integer>> topics = new TreeMap<>();
    for (TopicPartition partition : transaction.partitions()) {
      topics
          .computeIfAbsent(partition.topic(), unused -> new ArrayList<>())
          .add(partition.partition());
    }
    varint(out, topics.size() + 1);
    for (Map.Entry<String, List<Integer>> topic : topics.entrySet()) {
      byte[] utf8 = topic.getKey().getBytes(StandardCharsets.UTF_8);
      varint(out, utf8.length + 1);
      out.write(utf8);
      varint(out, topic.getValue().size() + 1);
      for (int partition : topic.getValue()) {
        out.writeInt(partition);
      }
      varint(out, 0);
    }
    out.writeLong(transaction.updateMillis());
    out.writeLong(transaction.startMillis());
    boolean previous = transaction.previousProducerId() >= 0;
    boolean next = transaction.nextProducerId() >= 0;
    varint(out, 1 + (previous ? 1 : 0) + (next ? 1 : 0));
    if (previous) {
      varint(out, PREVIOUS_ID);
      varint(out, Long.BYTES);
      out.writeLong(transaction.previousProducerId());
    }
    if (next) {
      varint(out, NEXT_ID);
      varint(out, Long.BYTES);
      out.writeLong(transaction.nextProducerId());
    }
    varint(out, PROTOCOL);
    varint(out, Short.BYTES);
    out.writeShort(transaction.protocol() == Protocol.V2 ? 2 : 1);
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static ByteBuffer encode(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try {
      body.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void varint(DataOutputStream out, int value) throws IOException {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.writeByte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  // ---- decode ----

  /**
   * The record with the given key and value, or null when it is of a kind or version that is not
   * known here.
   *
   * @throws IllegalArgumentException when the bytes are cut short or claim more than there is
   */
  static @Nullable TransactionRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      if (key.getShort() != KEY) {
        return null;
      }
      String id = text(key, key.getShort());
      return value == null ? new IdForgotten(id) : transaction(id, value);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a transaction record is cut short", e);
    }
  }

  private static @Nullable Transaction transaction(String id, ByteBuffer in) {
    short version = in.getShort();
    if (version != VALUE && version != OLD_VALUE) {
      return null;
    }
    boolean compact = version == VALUE;
    long producerId = in.getLong();
    short epoch = in.getShort();
    int timeout = in.getInt();
    TransactionState state = TransactionState.ofId(in.get());
    Set<TopicPartition> partitions = partitions(in, compact);
    long updateMillis = in.getLong();
    long startMillis = in.getLong();
    long previous = -1;
    long next = -1;
    Protocol protocol = Protocol.V1;
    int tags = compact ? varint(in) : 0;
    for (int i = 0; i < tags; i++) {
      int tag = varint(in);
      ByteBuffer field = take(in, varint(in));
      switch (tag) {
        case PREVIOUS_ID -> previous = field.getLong();
        case NEXT_ID -> next = field.getLong();
        case PROTOCOL -> protocol = field.getShort() >= 2 ? Protocol.V2 : Protocol.V1;
        default -> {} // of a later version
      }
    }
    return new Transaction(
        id,
        producerId,
        epoch,
        previous,
        next,
        (short) -1,
        timeout,
        state,
        partitions,
        updateMillis,
        startMillis,
        protocol);
  }

  private static Set<TopicPartition> partitions(ByteBuffer in, boolean compact) {
    Set<TopicPartition> partitions = new HashSet<>();
    int topics = count(in, compact);
    for (int i = 0; i < topics; i++) {
      String topic = text(in, compact ? varint(in) - 1 : in.getShort());
      int count = count(in, compact);
      for (int j = 0; j < count; j++) {
        partitions.add(new TopicPartition(topic, in.getInt()));
      }
      int tags = compact ? varint(in) : 0;
      for (int j = 0; j < tags; j++) {
        varint(in);
        take(in, varint(in));
      }
    }
    return Set.copyOf(partitions);
  }

  /** A list's length; 0 for null. What it claims is read element by element. */
  private static int count(ByteBuffer in, boolean compact) {
    return compact ? varint(in) - 1 : in.getInt();
  }

  private static int varint(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a transaction record has a number that is too long");
  }

  private static String text(ByteBuffer in, int length) {
    return StandardCharsets.UTF_8.decode(take(in, length)).toString();
  }

  private static ByteBuffer take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }
}
