package io.millrace.cdn.server;

import io.millrace.cdn.http.HeadReader;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.RequestHead;
import io.millrace.core.Clock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP/1.1 connection's client has sent and nobody has taken yet: the heads that are read
 * out of it, and since when one is incomplete. It owns the bytes. Confined to the connection's
 * loop.
 */
final class ClientInput {

  private static final int UNREAD_BYTES = 64 * 1024;

  private final Channel channel;
  private final EdgeLimits limits;
  private final Clock clock;
  private final HeadReader heads;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private boolean mayBeHttp2;
  private long headSinceNanos;

  /**
   * @param mayBeHttp2 whether the client may begin with HTTP/2's preface
   */
  ClientInput(Channel channel, EdgeLimits limits, Clock clock, boolean mayBeHttp2) {
    this.channel = channel;
    this.limits = limits;
    this.clock = clock;
    this.heads = new HeadReader(limits.head());
    this.mayBeHttp2 = mayBeHttp2;
  }

  /** Takes over what has come. */
  void add(ByteBuf piece) {
    received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), received, piece);
  }

  /** Whether the client begins with HTTP/2, as far as it is settled by what has come. */
  Http2Preface preface() {
    if (!mayBeHttp2) {
      return Http2Preface.ABSENT;
    }
    Http2Preface found = Http2Preface.in(received);
    if (found == Http2Preface.INCOMPLETE) {
      beginHead();
    } else {
      mayBeHttp2 = false;
    }
    return found;
  }

  /**
   * Reads the next request's head; null when it is not complete yet.
   *
   * @throws HttpError when it is malformed or too large; the connection must then be closed
   */
  @Nullable RequestHead nextHead() throws HttpError {
    RequestHead head = heads.readRequest(received);
    if (head != null) {
      headSinceNanos = 0;
    } else if (received.isReadable()) {
      beginHead();
    }
    return head;
  }

  private void beginHead() {
    if (headSinceNanos == 0) {
      headSinceNanos = clock.nanos() | 1;
    }
  }

  /** Whether a part of a head has come. */
  boolean isHeadBegun() {
    return headSinceNanos != 0;
  }

  /** Whether a head that has begun takes too long. */
  boolean isHeadTooSlow(long now) {
    return headSinceNanos != 0 && now - headSinceNanos > limits.headTimeout().toNanos();
  }

  /** Whether so little is unread that more may be. At most 64 KiB wait, and then in the socket. */
  boolean hasRoom() {
    return received.readableBytes() < UNREAD_BYTES;
  }

  /** What has come, to be read from its front; it stays owned here. */
  ByteBuf bytes() {
    return received;
  }

  /** All that has come, which is the caller's from here on. */
  ByteBuf take() {
    ByteBuf taken = received;
    received = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  /** Gives the buffer back if all in it was read. */
  void trim() {
    if (!received.isReadable() && received.capacity() > 0) {
      release();
    }
  }

  /** Drops what has come, and keeps the buffer. */
  void skip() {
    received.skipBytes(received.readableBytes());
  }

  /** Drops what has come, and the buffer. */
  void release() {
    take().release();
  }
}
