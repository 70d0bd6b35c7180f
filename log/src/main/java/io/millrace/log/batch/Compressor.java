package io.millrace.log.batch;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import org.xerial.snappy.SnappyOutputStream;

/** Compresses the records of one batch, in the framings that Kafka's clients use. */
final class Compressor {

  private static final int ZSTD_LEVEL = 3;

  private Compressor() {}

  /** The compressed form of the first {@code length} bytes. */
  static byte[] compress(Compression codec, byte[] records, int length) {
    if (codec == Compression.ZSTD) {
      byte[] target = new byte[Math.toIntExact(Zstd.compressBound(length))];
      long size = Zstd.compressByteArray(target, 0, target.length, records, 0, length, ZSTD_LEVEL);
      if (Zstd.isError(size)) {
        throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
      }
      return java.util.Arrays.copyOf(target, (int) size);
    }
    ByteArrayOutputStream target = new ByteArrayOutputStream(length / 2 + 64);
    try (OutputStream stream = open(codec, target)) {
      stream.write(records, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target.toByteArray();
  }

  private static OutputStream open(Compression codec, OutputStream target) throws IOException {
    return switch (codec) {
      case GZIP -> new GZIPOutputStream(target, 8 * 1024);
      case SNAPPY -> new SnappyOutputStream(target);
      case LZ4 ->
          new LZ4FrameOutputStream(
              target,
              LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
              LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
      case NONE, ZSTD -> throw new IllegalArgumentException(codec + " has no stream");
    };
  }
}
