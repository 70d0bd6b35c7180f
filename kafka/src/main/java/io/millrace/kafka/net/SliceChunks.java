package io.millrace.kafka.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.io.EOFException;
import java.io.IOException;

/**
 * A slice of the log on its way into a TLS connection, where each byte has to pass through this
 * process: copied piece by piece as the socket takes them, so that a slow client holds one piece.
 * Owns the region.
 */
final class SliceChunks implements ChunkedInput<ByteBuf> {

  /** Four TLS records. */
  private static final int PIECE_BYTES = 64 * 1024;

  private final SliceRegion region;
  private long sent;

  SliceChunks(SliceRegion region) {
    this.region = region;
  }

  @Override
  public boolean isEndOfInput() {
    return sent >= region.count();
  }

  @Override
  public void close() {
    region.release();
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's older form, which must be there
  public ByteBuf readChunk(ChannelHandlerContext context) throws Exception {
    return readChunk(context.alloc());
  }

  @Override
  public ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
    int bytes = (int) Math.min(PIECE_BYTES, region.count() - sent);
    ByteBuf piece = allocator.directBuffer(bytes, bytes);
    try {
      fill(piece, bytes);
    } catch (IOException | RuntimeException e) {
      piece.release();
      throw e;
    }
    sent += bytes;
    return piece;
  }

  private void fill(ByteBuf piece, int bytes) throws IOException {
    while (piece.writerIndex() < bytes) {
      long position = region.position() + sent + piece.writerIndex();
      int read = piece.writeBytes(region.file(), position, bytes - piece.writerIndex());
      if (read < 0) {
        throw new EOFException("a segment is shorter than the slice that was found in it");
      }
    }
  }

  @Override
  public long length() {
    return region.count();
  }

  @Override
  public long progress() {
    return sent;
  }
}
