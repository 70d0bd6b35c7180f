package io.millrace.kafka.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The buffer into which the connections of one event loop read in turn. It is used again as soon as
 * nobody refers to its bytes any more; while a request in it waits for the disk, another one takes
 * its place.
 *
 * <p>Confined to its event loop.
 */
final class LoopBuffer {

  private static final int BYTES = 256 * 1024;

  /** For a node that is full: enough to see what comes, little to keep. */
  private static final int BYTES_WHEN_FULL = 4096;

  private static final FastThreadLocal<LoopBuffer> OF_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected void onRemoval(LoopBuffer value) {
          value.close();
        }
      };

  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf buffer;

  private LoopBuffer(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** The one of the present thread. */
  static LoopBuffer ofThisLoop(ByteBufAllocator allocator) {
    LoopBuffer present = OF_LOOP.getIfExists();
    if (present == null) {
      present = new LoopBuffer(allocator);
      OF_LOOP.set(present);
    }
    return present;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  /** An empty buffer; the caller gets a reference to it. */
  ByteBuf lend(boolean nodeFull) {
    if (nodeFull) {
      return allocator.directBuffer(BYTES_WHEN_FULL, BYTES_WHEN_FULL);
    }
    ByteBuf present = buffer;
    if (present != null) {
      if (present.refCnt() == 1) {
        return present.clear().retain();
      }
      present.release();
    }
    ByteBuf fresh = allocator.directBuffer(BYTES, BYTES);
    buffer = fresh;
    return fresh.retain();
  }

  private void close() {
    ByteBuf present = buffer;
    buffer = null;
    if (present != null) {
      present.release();
    }
  }
}
