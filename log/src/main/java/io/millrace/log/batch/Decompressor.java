package io.millrace.log.batch;

import com.github.luben.zstd.NoPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.millrace.log.LogException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.xerial.snappy.Snappy;

/**
 * Decompresses the records of batches into arrays of its own. What a batch becomes is bounded by
 * {@code maxBytes}, and memory grows with what has really come out, never by a length that the
 * input claims. Confined to one thread. The arrays are used again after {@link #recycle}.
 */
final class Decompressor {

  private static final int MIN_ARRAY_BYTES = 4 * 1024;

  /** Larger arrays are given back to the collector by {@link #recycle}. */
  private static final int MAX_KEPT_BYTES = 1024 * 1024;

  /** Arrays kept for another round at most. */
  private static final int MAX_KEPT_ARRAYS = 8;

  /** What SnappyOutputStream writes before its first block: magic, version, lowest version. */
  private static final long XERIAL_MAGIC = 0x82534e4150505900L;

  private static final int XERIAL_HEADER_BYTES = 16;

  private final int maxBytes;
  private final byte[][] kept = new byte[MAX_KEPT_ARRAYS][];
  private int lent;

  private byte[] output = new byte[0];
  private int outputBytes;

  Decompressor(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Ends the use of all buffers returned so far. */
  void recycle() {
    for (int i = 0; i < kept.length; i++) {
      byte[] array = kept[i];
      if (array != null && array.length > MAX_KEPT_BYTES) {
        kept[i] = new byte[0];
      }
    }
    lent = 0;
  }

  /**
   * The decompressed form of {@code length} bytes at {@code at}.
   *
   * @throws LogException with {@code CORRUPT_BATCH}, also when it would exceed the limit
   */
  ByteBuffer decompress(Compression codec, ByteBuffer source, int at, int length) {
    byte[] array = lent < kept.length ? kept[lent] : null;
    output = array == null ? new byte[0] : array;
    outputBytes = 0;
    reserve((int) Math.min(maxBytes, Math.max(MIN_ARRAY_BYTES, 4L * length)));
    try {
      if (codec == Compression.SNAPPY) {
        snappy(source, at, length);
      } else {
        stream(codec, new BufferInput(source, at, length));
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof LogException known) {
        throw known;
      }
      throw new LogException(
          LogException.Reason.CORRUPT_BATCH,
          "a batch's " + codec + " records cannot be decompressed: " + e.getMessage(),
          e);
    }
    if (lent < kept.length) {
      kept[lent++] = output;
    }
    return ByteBuffer.wrap(output, 0, outputBytes);
  }

  private void stream(Compression codec, InputStream source) throws IOException {
    try (InputStream stream = open(codec, source)) {
      while (true) {
        if (outputBytes == output.length) {
          if (outputBytes == maxBytes) {
            if (stream.read() < 0) {
              return;
            }
            throw tooLarge();
          }
          reserve((int) Math.min(maxBytes, 2L * output.length));
        }
        int read = stream.read(output, outputBytes, output.length - outputBytes);
        if (read < 0) {
          return;
        }
        outputBytes += read;
      }
    }
  }

  private static InputStream open(Compression codec, InputStream source) throws IOException {
    return switch (codec) {
      case GZIP -> new GZIPInputStream(source, 8 * 1024);
      case LZ4 -> new LZ4FrameInputStream(source);
      case ZSTD -> new ZstdInputStreamNoFinalizer(source, NoPool.INSTANCE);
      case NONE, SNAPPY -> throw new IllegalArgumentException(codec + " has no stream");
    };
  }

  /** Either one raw block, or xerial's framing: a header, then blocks with their lengths. */
  private void snappy(ByteBuffer source, int at, int length) throws IOException {
    byte[] input = new byte[length];
    source.get(at, input);
    if (length < XERIAL_HEADER_BYTES || source.getLong(at) != XERIAL_MAGIC) {
      snappyBlock(input, 0, length);
      return;
    }
    int position = XERIAL_HEADER_BYTES;
    while (position < length) {
      if (length - position < Integer.BYTES) {
        throw RecordBatchView.corrupt("a snappy block has no whole length");
      }
      int block = source.getInt(at + position);
      position += Integer.BYTES;
      if (block < 1 || block > length - position) {
        throw RecordBatchView.corrupt("a snappy block has a length of " + block + " bytes");
      }
      snappyBlock(input, position, block);
      position += block;
    }
  }

  private void snappyBlock(byte[] input, int at, int length) throws IOException {
    // The block's own claim of its size comes first; native code writes no more than that. A byte
    // of a block yields 64 bytes at most (a copy element: 3 bytes for up to 64), so a claim past
    // that is false and costs no memory.
    int size = Snappy.uncompressedLength(input, at, length);
    if (size < 0 || size > maxBytes - outputBytes) {
      throw tooLarge();
    }
    if (size > 64L * length) {
      throw RecordBatchView.corrupt("a snappy block of " + length + " bytes says it has " + size);
    }
    if (output.length - outputBytes < size) {
      reserve((int) Math.min(maxBytes, Math.max(2L * output.length, (long) outputBytes + size)));
    }
    outputBytes += Snappy.uncompress(input, at, length, output, outputBytes);
  }

  private void reserve(int capacity) {
    if (output.length < capacity) {
      output = Arrays.copyOf(output, capacity);
    }
  }

  private LogException tooLarge() {
    return RecordBatchView.corrupt(
        "a batch decompresses to more than the limit of " + maxBytes + " bytes");
  }

  /** Reads a part of a buffer without moving its position. */
  private static final class BufferInput extends InputStream {

    private final ByteBuffer source;
    private int position;
    private final int end;

    BufferInput(ByteBuffer source, int at, int length) {
      this.source = source;
      this.position = at;
      this.end = at + length;
    }

    @Override
    public int read() {
      return position < end ? source.get(position++) & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      int count = Math.min(length, end - position);
      if (count <= 0) {
        return -1;
      }
      source.get(position, target, offset, count);
      position += count;
      return count;
    }

    @Override
    public int available() {
      return end - position;
    }
  }
}
