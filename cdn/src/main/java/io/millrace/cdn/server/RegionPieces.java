package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.IntFunction;

/**
 * A part of a file on its way to a client that it cannot reach straight from the file, since it is
 * encrypted or put into frames: read in pieces, no faster than the client takes them. Confined to
 * the client's loop.
 */
final class RegionPieces {

  private static final int PIECE_BYTES = 64 * 1024;

  private final FileRegion region;
  private final ClientStream stream;
  private final IntFunction<ByteBuf> buffers;
  private final Runnable sent;
  private long at;
  private boolean over;

  /** Takes the region over. */
  RegionPieces(
      FileRegion region, ClientStream stream, IntFunction<ByteBuf> buffers, Runnable sent) {
    this.region = region;
    this.stream = stream;
    this.buffers = buffers;
    this.sent = sent;
  }

  /** Sends what the client takes now. */
  void go() {
    while (!over && at < region.count() && stream.isWritable()) {
      ByteBuf piece = buffers.apply((int) Math.min(PIECE_BYTES, region.count() - at));
      try {
        at += read(piece);
      } catch (IOException e) {
        piece.release();
        close();
        stream.abort();
        return;
      }
      stream.send(piece);
      stream.flush();
    }
    if (!over && at == region.count()) {
      close();
      sent.run();
    }
  }

  private long read(ByteBuf into) throws IOException {
    long most = into.writableBytes();
    long read = region.transferTo(new Room(into, most), at);
    if (read <= 0) {
      throw new IOException("the file ends before its part");
    }
    return read;
  }

  /** The client is gone, or all of it is sent. */
  void close() {
    if (!over) {
      over = true;
      region.release();
    }
  }

  boolean isOver() {
    return over;
  }

  /** Takes what there is room for. */
  private record Room(ByteBuf into, long most) implements WritableByteChannel {

    @Override
    public int write(ByteBuffer from) {
      int length = (int) Math.min(from.remaining(), most - into.readableBytes());
      if (length == 0) {
        return 0;
      }
      into.writeBytes(from.slice(from.position(), length));
      from.position(from.position() + length);
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
