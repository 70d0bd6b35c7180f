package io.millrace.broker.producer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that keeps a partition's producers: their state after all batches before an offset.
 *
 * <pre>
 *   version u8 · covered offset i64 · incomplete u8 · producers i32
 *   each: id i64 · epoch i16 · last seen i64 · last sequence i32 ·
 *         transaction's first offset i64 · coordinator epoch i32 · batches u8
 *         each: first sequence i32 · last sequence i32 · base offset i64 · append time i64
 *   aborted transactions i32
 *   each: producer id i64 · first offset i64 · last offset i64 · last stable offset i64
 *   CRC-32C of all before i32
 * </pre>
 *
 * <p>It is written beside its place and then moved there. A file that is torn fails its CRC, and
 * the state is then rebuilt from the log, which only takes longer. Compaction takes batches away
 * that it would be rebuilt from, so the file of a compacted log is forced to disk.
 */
public final class ProducerSnapshot {

  /** Its name in the partition's directory. */
  public static final String FILE_NAME = "producers.snapshot";

  private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshot.class);
  private static final byte VERSION = 2;
  private static final int HEAD_BYTES = 1 + 8 + 1 + 4;
  private static final int ENTRY_BYTES = 8 + 2 + 8 + 4 + 8 + 4 + 1;
  private static final int ABORTED_BYTES = 4 * 8;
  private static final int BATCH_BYTES = 4 + 4 + 8 + 8;
  private static final int CRC_BYTES = 4;

  private ProducerSnapshot() {}

  /**
   * Writes the state after all batches before {@code offset}.
   *
   * @param forced whether it is on disk on return, but for its name
   */
  public static void write(Path directory, ProducerStates states, long offset, boolean forced)
      throws IOException {
    AbortedTransactions.View aborted = states.aborted().now();
    int size = HEAD_BYTES + 4 + aborted.count() * ABORTED_BYTES + CRC_BYTES;
    for (ProducerEntry entry : states.entries()) {
      size += ENTRY_BYTES + entry.count() * BATCH_BYTES;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(offset).put((byte) (states.isIncomplete() ? 1 : 0));
    out.putInt(states.count());
    for (ProducerEntry entry : states.entries()) {
      out.putLong(entry.producerId).putShort(entry.epoch).putLong(entry.lastSeenMillis);
      out.putInt(entry.lastSequence).putLong(entry.transactionStart);
      out.putInt(entry.coordinatorEpoch).put((byte) entry.count());
      for (int i = 0; i < entry.count(); i++) {
        out.putInt(entry.firstSequence(i)).putInt(entry.lastSequence(i));
        out.putLong(entry.baseOffset(i)).putLong(entry.appendTime(i));
      }
    }
    out.putInt(aborted.count());
    for (int i = 0; i < aborted.count(); i++) {
      out.putLong(aborted.producerId(i)).putLong(aborted.firstOffset(i));
      out.putLong(aborted.lastOffset(i)).putLong(aborted.lastStableOffset(i));
    }
    out.putInt(crc(out.array(), out.position()));
    Path target = directory.resolve(FILE_NAME);
    Path beside = directory.resolve(FILE_NAME + ".tmp");
    try (FileChannel file =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.flip();
      while (out.hasRemaining()) {
        file.write(out);
      }
      if (forced) {
        file.force(true);
      }
    }
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads the state into {@code states}.
   *
   * @return the offset that it covers, or -1 when there is no file or it cannot be used
   */
  public static long read(Path directory, ProducerStates states) {
    Path file = directory.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return -1;
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      long offset = parse(bytes, states);
      if (offset < 0) {
        LOG.warn("{} is damaged; the producers are found by reading the log", file);
      }
      return offset;
    } catch (IOException e) {
      LOG.warn("{} cannot be read; the producers are found by reading the log", file, e);
      return -1;
    }
  }

  private static long parse(byte[] bytes, ProducerStates states) {
    int body = bytes.length - CRC_BYTES;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (body < HEAD_BYTES || in.getInt(body) != crc(bytes, body) || in.get() != VERSION) {
      return -1;
    }
    in.limit(body);
    long offset = in.getLong();
    boolean incomplete = in.get() != 0;
    int producers = in.getInt();
    if (offset < 0 || producers < 0 || producers > in.remaining() / ENTRY_BYTES) {
      return -1;
    }
    for (int i = 0; i < producers; i++) {
      if (in.remaining() < ENTRY_BYTES) {
        return -1;
      }
      ProducerEntry entry = new ProducerEntry(in.getLong(), in.getShort());
      long lastSeen = in.getLong();
      int lastSequence = in.getInt();
      long transactionStart = in.getLong();
      int coordinatorEpoch = in.getInt();
      int batches = in.get();
      if (batches < 0
          || batches > ProducerEntry.REMEMBERED
          || in.remaining() < batches * BATCH_BYTES) {
        return -1;
      }
      for (int b = 0; b < batches; b++) {
        entry.add(in.getInt(), in.getInt(), in.getLong(), in.getLong());
      }
      entry.lastSeenMillis = lastSeen;
      entry.lastSequence = lastSequence;
      entry.transactionStart = transactionStart;
      entry.coordinatorEpoch = coordinatorEpoch;
      states.restore(entry);
    }
    int aborted = in.remaining() < 4 ? -1 : in.getInt();
    if (aborted < 0 || aborted > in.remaining() / ABORTED_BYTES) {
      return -1;
    }
    for (int i = 0; i < aborted; i++) {
      states.aborted().add(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
    if (incomplete) {
      states.markIncomplete();
    }
    return offset;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
