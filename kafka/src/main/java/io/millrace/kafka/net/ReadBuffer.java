package io.millrace.kafka.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection's bytes arrive.
 *
 * <p>All connections of an event loop read into one buffer in turn ({@link LoopBuffer}): nothing is
 * held for those that are idle, and the bytes stay in the processor's cache. Only a request that
 * has not arrived whole gets a buffer of its own, which grows with what has come, never with what
 * is claimed: at most to twice the bytes that are there, or to the size of the largest request that
 * this connection has completed before. A request is therefore copied once at most, and in the
 * steady state only its beginning.
 *
 * <p>Confined to the connection's event loop.
 */
final class ReadBuffer implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

  private static final int LEAST_OWN_BYTES = 4096;
  private static final int MOST_EXPECTED_BYTES = 1 << 20;
  private static final int MOST_READS_PER_TURN = 8;

  private final LoopBuffer shared;
  private final InFlightBudget budget;
  private @Nullable ChannelConfig config;
  private @Nullable ByteBuf own;
  private long ownCharge;
  private int expectedFrameBytes;
  private int attempted;
  private int lastRead;
  private int readsThisTurn;

  ReadBuffer(LoopBuffer shared, InFlightBudget budget) {
    this.shared = shared;
    this.budget = budget;
  }

  // ---- what Netty asks, around each read from the socket ----

  @Override
  @SuppressWarnings("deprecation") // Netty's only extension point for the choice of the buffer
  public Handle newHandle() {
    return this;
  }

  @Override
  public ByteBuf allocate(ByteBufAllocator allocator) {
    ByteBuf present = own;
    return present != null ? present.retain() : shared.lend(budget.exhausted());
  }

  @Override
  public int guess() {
    return LEAST_OWN_BYTES;
  }

  @Override
  public void reset(ChannelConfig config) {
    this.config = config;
    readsThisTurn = 0;
  }

  @Override
  public void incMessagesRead(int count) {
    readsThisTurn += count;
  }

  @Override
  public void lastBytesRead(int bytes) {
    lastRead = bytes;
  }

  @Override
  public int lastBytesRead() {
    return lastRead;
  }

  @Override
  public void attemptedBytesRead(int bytes) {
    attempted = bytes;
  }

  @Override
  public int attemptedBytesRead() {
    return attempted;
  }

  @Override
  public boolean continueReading() {
    // A read that did not fill its buffer has emptied the socket: asking again costs a system call.
    ChannelConfig present = config;
    return lastRead == attempted
        && lastRead > 0
        && readsThisTurn < MOST_READS_PER_TURN
        && present != null
        && present.isAutoRead();
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
    return continueReading();
  }

  @Override
  public void readComplete() {}

  // ---- what the connection asks ----

  /** True when bytes of an unfinished request are held. */
  boolean holdsPartial() {
    return own != null;
  }

  /** True for this connection's own buffer, false for the loop's. */
  @SuppressWarnings("ReferenceEquality") // two buffers with equal bytes are two buffers
  boolean owns(ByteBuf buffer) {
    return buffer == own;
  }

  /** The bytes of an unfinished request, or null. */
  @Nullable ByteBuf partial() {
    return own;
  }

  /** A request of that size has arrived whole. */
  void completed(int frameBytes) {
    expectedFrameBytes =
        Math.min(
            MOST_EXPECTED_BYTES,
            Math.max(frameBytes, expectedFrameBytes - expectedFrameBytes / 16));
  }

  /**
   * Keeps the beginning of a request until more comes, in a buffer with room for more of it.
   *
   * @param from the loop's buffer, or this connection's own; a reference to it is consumed
   * @param wholeBytes size of the unfinished request with its length field, or 0 when not known yet
   * @return false when the node has no room: the bytes are kept, but the socket must not be read
   *     until another call succeeds
   */
  boolean keepPartial(ByteBuf from, int wholeBytes) {
    int arrived = from.readableBytes();
    int target = targetBytes(arrived, wholeBytes);
    if (owns(from) && from.isWritable()) {
      return true;
    }
    if (budget.tryTakePartial(target, this)) {
      move(from, target);
      return true;
    }
    keepUnread(from);
    return false;
  }

  /** Keeps bytes that wait for their turn; the socket is not read meanwhile. */
  void keepUnread(ByteBuf from) {
    if (!owns(from)) {
      int arrived = from.readableBytes();
      budget.take(arrived);
      move(from, arrived);
    }
  }

  /**
   * Adds bytes of a buffer of somebody else to those that are held, as many as they are: they have
   * been read already. Releases {@code from}; the connection's own buffer, which now holds all,
   * stays the property of this object.
   */
  ByteBuf append(ByteBuf from) {
    ByteBuf present = own;
    if (present == null) {
      keepUnread(from);
      return Objects.requireNonNull(own);
    }
    if (present.writableBytes() < from.readableBytes()) {
      int capacity = present.readableBytes() + from.readableBytes();
      ByteBuf next = shared.allocator().directBuffer(capacity, capacity);
      next.writeBytes(present);
      budget.take(capacity - ownCharge);
      present.release();
      own = next;
      ownCharge = capacity;
      present = next;
    }
    present.writeBytes(from);
    from.release();
    return present;
  }

  private void move(ByteBuf from, int capacity) {
    ByteBuf next = shared.allocator().directBuffer(capacity, capacity);
    next.writeBytes(from);
    drop(from);
    own = next;
    ownCharge = capacity;
  }

  private int targetBytes(int arrived, int wholeBytes) {
    long grown = Math.max(Math.max(LEAST_OWN_BYTES, expectedFrameBytes), 2L * arrived);
    if (wholeBytes > 0) {
      grown = Math.min(grown, wholeBytes);
    }
    return (int) Math.max(grown, arrived + 1L);
  }

  /** The bytes in {@code from} have all been used, or are not wanted: gives its reference back. */
  void drop(ByteBuf from) {
    if (owns(from)) {
      own = null;
      budget.give(ownCharge);
      budget.endOverdraft(this);
      ownCharge = 0;
    }
    from.release();
  }

  /** Bytes that the next call of {@link #keepPartial} would take for a request of that size. */
  int wantedBytes(int wholeBytes) {
    ByteBuf present = own;
    return targetBytes(present == null ? 0 : present.readableBytes(), wholeBytes);
  }

  /** The connection has gone. */
  void close() {
    ByteBuf present = own;
    if (present != null) {
      drop(present);
    }
    budget.endOverdraft(this);
  }
}
