package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition.AppendCallback;
import io.millrace.log.LogException;
import io.millrace.log.batch.BatchRewriter;
import io.millrace.log.batch.RecordBatchView;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's appends on their way through recompression, where its topic wants another codec
 * than their producers'. They are recompressed on threads made for it, so that those that read
 * sockets go on, one after the other, so that their order stays. Batches that have the codec
 * already only keep their place in the row.
 *
 * <p>Bound: who appends holds the buffers until the answer, and is bounded itself.
 */
final class Recompression {

  private static final Logger LOG = LoggerFactory.getLogger(Recompression.class);

  private final Executor threads;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);

  /** Appends that are not through yet; changed under the lock. */
  private volatile int underWay;

  Recompression(Executor threads) {
    this.threads = threads;
  }

  /** Whether an append could overtake none. */
  boolean isIdle() {
    return underWay == 0;
  }

  /**
   * Has the batches handed on in their topic's codec.
   *
   * @param target null for batches that are to be as they are, behind those before them
   * @param next gets the batches: the same buffer when they have the codec
   * @param refused told when they are no batches
   */
  void submit(
      ByteBuffer batches,
      @Nullable TargetCompression target,
      int maxDecompressedBytes,
      Consumer<ByteBuffer> next,
      AppendCallback refused) {
    Runnable work =
        () -> {
          ByteBuffer recompressed;
          try {
            recompressed =
                target == null ? batches : recompress(batches, target, maxDecompressedBytes);
          } catch (LogException e) {
            refused.done(null, LogRefusal.of(e));
            return;
          } catch (RuntimeException e) {
            // A codec's own complaint about bytes that its header did not foretell.
            refused.done(
                null,
                new BrokerException(
                    BrokerError.CORRUPT_BATCH, "a batch cannot be recompressed: " + e));
            return;
          }
          next.accept(recompressed);
        };
    boolean first;
    synchronized (this) {
      first = underWay == 0;
      underWay++;
      waiting.add(work);
    }
    if (first) {
      start();
    }
  }

  private void start() {
    try {
      threads.execute(this::run);
    } catch (RejectedExecutionException e) {
      // The node is closing: the partition refuses what comes.
      run();
    }
  }

  private void run() {
    boolean more = true;
    while (more) {
      Runnable work;
      synchronized (this) {
        work = waiting.remove();
      }
      try {
        work.run();
      } catch (RuntimeException e) {
        LOG.error("An append failed after its recompression; those behind it go on", e);
      }
      synchronized (this) {
        underWay--;
        more = underWay > 0;
      }
    }
  }

  private static ByteBuffer recompress(
      ByteBuffer batches, TargetCompression target, int maxDecompressedBytes) {
    if (hasCodec(batches, target)) {
      return batches;
    }
    int at = batches.position();
    int end = batches.limit();
    BatchRewriter rewriter = new BatchRewriter();
    ArrayDeque<ByteBuffer> parts = new ArrayDeque<>();
    int bytes = 0;
    try (RecordCursor cursor = RecordCursor.create(maxDecompressedBytes)) {
      while (at < end) {
        int size = RecordBatchView.check(batches, at, end - at);
        RecordBatchView.checkRecords(batches, at);
        ByteBuffer part =
            RecordBatchView.isControl(batches, at)
                ? batches.slice(at, size)
                : rewriter.recompress(batches, at, cursor, target.codec(), target.level());
        parts.add(part);
        bytes += part.remaining();
        at += size;
      }
    }
    if (parts.size() == 1) {
      return parts.remove();
    }
    ByteBuffer all = ByteBuffer.allocate(bytes);
    parts.forEach(all::put);
    return all.flip();
  }

  /** Whether nothing is to be done; also true of what the log refuses anyway. */
  static boolean hasCodec(ByteBuffer batches, @Nullable TargetCompression target) {
    if (target == null) {
      return true;
    }
    int at = batches.position();
    int end = batches.limit();
    while (at < end) {
      if (end - at < RecordBatchView.HEADER_BYTES
          || !RecordBatchView.isPlausible(batches, at, end - at)) {
        return true;
      }
      if (RecordBatchView.compression(batches, at) != target.codec()) {
        return false;
      }
      at += RecordBatchView.sizeBytes(batches, at);
    }
    return true;
  }
}
