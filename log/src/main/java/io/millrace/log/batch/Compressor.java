package io.millrace.log.batch;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/** Compresses the records of one batch, in the framings that Kafka's clients use. */
final class Compressor {

  private Compressor() {}

  /** The compressed form of the first {@code length} bytes, at the codec's usual level. */
  static byte[] compress(Compression codec, byte[] records, int length) {
    return compress(codec, codec.defaultLevel(), records, length);
  }

  /**
   * As above.
   *
   * @param level from {@link Compression#minLevel} to {@link Compression#maxLevel}
   */
  static byte[] compress(Compression codec, int level, byte[] records, int length) {
    if (codec == Compression.ZSTD) {
      byte[] target = new byte[Math.toIntExact(Zstd.compressBound(length))];
      long size = Zstd.compressByteArray(target, 0, target.length, records, 0, length, level);
      if (Zstd.isError(size)) {
        throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
      }
      return java.util.Arrays.copyOf(target, (int) size);
    }
    ByteArrayOutputStream target = new ByteArrayOutputStream(length / 2 + 64);
    try (OutputStream stream = open(codec, level, target)) {
      stream.write(records, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target.toByteArray();
  }

  private static OutputStream open(Compression codec, int level, OutputStream target)
      throws IOException {
    return switch (codec) {
      case GZIP -> new LeveledGzip(target, level);
      case SNAPPY -> new SnappyOutputStream(target);
      case LZ4 ->
          new LZ4FrameOutputStream(
              target,
              LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
              -1,
              // As Kafka has it: the default level is the fast compressor.
              level == codec.defaultLevel()
                  ? LZ4Factory.fastestInstance().fastCompressor()
                  : LZ4Factory.fastestInstance().highCompressor(level),
              XXHashFactory.fastestInstance().hash32(),
              LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
      case NONE, ZSTD -> throw new IllegalArgumentException(codec + " has no stream");
    };
  }

  private static final class LeveledGzip extends GZIPOutputStream {
    LeveledGzip(OutputStream target, int level) throws IOException {
      super(target, 8 * 1024);
      def.setLevel(level);
    }
  }
}
