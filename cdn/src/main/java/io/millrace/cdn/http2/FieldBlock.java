package io.millrace.cdn.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import org.jspecify.annotations.Nullable;

/**
 * Carries the block that {@link HpackWriter} made through Netty's codec, which asks it for nothing
 * but the status. A connection has one, for one head after the other; confined to its loop.
 */
public final class FieldBlock extends DefaultHttp2Headers {

  private static final long serialVersionUID = 1;

  private transient ByteBuf block = Unpooled.EMPTY_BUFFER;
  private String status = "200";

  /** A block that is yet to be filled. */
  public FieldBlock() {
    super(false);
  }

  /** What is written next; the caller keeps the buffer. */
  public FieldBlock of(int newStatus, ByteBuf newBlock) {
    status = Integer.toString(newStatus);
    block = newBlock;
    return this;
  }

  @Override
  public CharSequence status() {
    return status;
  }

  /** Puts blocks into frames as they are. */
  public static final class Encoder
      implements Http2HeadersEncoder, Http2HeadersEncoder.Configuration {

    private static final int EMPTY_TABLE = 0x20;

    private boolean tableSizeIsNew = true;
    private long maxTableSize = 4096;
    private long maxListSize = Long.MAX_VALUE;

    @Override
    public void encodeHeaders(int streamId, Http2Headers headers, ByteBuf buffer) {
      if (tableSizeIsNew) {
        // The client keeps a table for us, and may shrink it: it need not keep any (RFC 7541, 4.2).
        buffer.writeByte(EMPTY_TABLE);
        tableSizeIsNew = false;
      }
      if (headers instanceof FieldBlock encoded) {
        buffer.writeBytes(
            encoded.block, encoded.block.readerIndex(), encoded.block.readableBytes());
        return;
      }
      // What Netty answers by itself: a status without further fields.
      @Nullable CharSequence status = headers.status();
      HpackWriter.status(status == null ? 500 : Integer.parseInt(status.toString()), buffer);
    }

    @Override
    public Configuration configuration() {
      return this;
    }

    @Override
    public void maxHeaderTableSize(long max) {
      maxTableSize = max;
      tableSizeIsNew = true;
    }

    @Override
    public long maxHeaderTableSize() {
      return maxTableSize;
    }

    @Override
    public void maxHeaderListSize(long max) {
      maxListSize = max;
    }

    @Override
    public long maxHeaderListSize() {
      return maxListSize;
    }
  }
}
