package io.millrace.cdn.store;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An object on its way to a file of its own, which is read while it is written. One thread appends;
 * any thread reads what is written, and is told when there is more. It ends complete or failed.
 */
public final class GrowingObject {

  /** Bytes that may wait for the disk before the source should be held back. */
  private static final long MOST_BYTES_WAITING = 4L << 20;

  private final WriteQueue writes;
  private final ObjectKey key;
  private final int variant;
  private final byte[] name;
  private final byte[] head;
  private final long bodyBytes;
  private final Consumer<DiskBody> onStored;
  private final Set<Runnable> watchers = ConcurrentHashMap.newKeySet();
  private final AtomicLong waiting = new AtomicLong();
  private volatile long written;
  private volatile boolean failed;
  private volatile boolean complete;
  private volatile @Nullable DiskBody body;

  // Of the store's thread.
  private @Nullable Segment segment;
  private long seal;
  private int bodyAt;
  private final CRC32C crc = new CRC32C();

  GrowingObject(
      WriteQueue writes,
      ObjectKey key,
      int variant,
      byte[] name,
      byte[] head,
      long bodyBytes,
      Consumer<DiskBody> onStored) {
    this.writes = writes;
    this.key = key;
    this.variant = variant;
    this.name = name;
    this.head = head;
    this.bodyBytes = bodyBytes;
    this.onStored = onStored;
  }

  /** How long its body is going to be. */
  public long length() {
    return bodyBytes;
  }

  /** How much of the body can be read. */
  public long written() {
    return written;
  }

  /** Whether it will never be whole. */
  public boolean isFailed() {
    return failed;
  }

  /** Whether all of it is written and stored. */
  public boolean isComplete() {
    return complete;
  }

  /** Whether more waits for the disk than should. */
  public boolean isFull() {
    return waiting.get() > MOST_BYTES_WAITING;
  }

  /**
   * Has somebody told, on the store's thread, each time there is more, or an end.
   *
   * @return takes it back
   */
  public Runnable watch(Runnable watcher) {
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  /** Its body, retained for the caller; null when nothing is written yet or its file is gone. */
  public @Nullable DiskBody body() {
    DiskBody present = body;
    return present != null && present.retain() ? present : null;
  }

  /** Takes a piece of the body over. */
  public void append(ByteBuf piece) {
    int bytes = piece.readableBytes();
    waiting.addAndGet(bytes);
    submit(
        to -> {
          try {
            write(to, piece);
          } finally {
            piece.release();
            waiting.addAndGet(-bytes);
            told();
          }
        });
  }

  /** The body has ended. */
  public void end() {
    submit(this::complete);
  }

  /** The body will not be whole. */
  public void abort() {
    submit(this::fail);
  }

  void open() {
    submit(
        to -> {
          Segment own = to.begin(ObjectRecord.size(name.length, head.length, bodyBytes));
          segment = own;
          ByteBuffer start = ObjectRecord.start(key.high(), key.low(variant), name, head);
          bodyAt = start.limit();
          seal = ObjectRecord.seal(start);
          own.write(0, start);
          to.grown(own, bodyAt);
          body = new DiskBody(own, bodyAt, bodyBytes);
        });
  }

  /** What the disk refuses makes the object fail, and the store rest. */
  private void submit(WriteQueue.Write write) {
    writes.add(
        to -> {
          if (complete) {
            return;
          }
          try {
            write.run(to);
          } catch (IOException e) {
            fail(to);
            throw e;
          }
        });
  }

  private void write(DiskWriter to, ByteBuf piece) throws IOException {
    Segment own = segment;
    if (failed || own == null) {
      return;
    }
    long at = written;
    if (at + piece.readableBytes() > bodyBytes) {
      fail(to);
      return;
    }
    for (ByteBuffer part : piece.nioBuffers()) {
      crc.update(part.duplicate());
      int bytes = part.remaining();
      own.write(bodyAt + at, part);
      at += bytes;
    }
    to.grown(own, bodyAt + at);
    written = at;
  }

  private void complete(DiskWriter to) throws IOException {
    Segment own = segment;
    if (failed || own == null || written != bodyBytes) {
      fail(to);
      return;
    }
    long size = ObjectRecord.size(name.length, head.length, bodyBytes);
    own.write(
        size - ObjectRecord.END_BYTES, ObjectRecord.end(seal, bodyBytes, (int) crc.getValue()));
    to.complete(own, key, variant, size);
    complete = true;
    DiskBody whole = body;
    if (whole != null) {
      onStored.accept(whole);
    }
    told();
  }

  private void fail(DiskWriter to) {
    if (failed) {
      return;
    }
    failed = true;
    Segment own = segment;
    segment = null;
    if (own != null) {
      to.abandon(own);
    }
    told();
  }

  private void told() {
    watchers.forEach(Runnable::run);
  }
}
