package io.millrace.cdn.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message's body out of a connection's bytes, by its framing. One per message, confined to
 * the connection's thread.
 *
 * <p>Chunk sizes are at most 15 hexadecimal digits, chunk extensions and the trailer section are
 * bounded and dropped; a chunk line that ends with LF alone is refused, as in heads.
 */
public final class BodyReader {

  private static final int LINE_LIMIT = 1024;
  private static final int TRAILER_LIMIT = 8 * 1024;

  private enum State {
    COUNTED,
    UNTIL_CLOSE,
    CHUNK_LINE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    DONE
  }

  private State state;
  private long left;
  private int trailerBytes;

  /** A reader for one body. */
  public BodyReader(Framing framing) {
    if (framing instanceof Framing.Length length) {
      state = State.COUNTED;
      left = length.bytes();
    } else if (framing instanceof Framing.Chunked) {
      state = State.CHUNK_LINE;
    } else if (framing instanceof Framing.UntilClose) {
      state = State.UNTIL_CLOSE;
    } else {
      state = State.DONE;
    }
  }

  /** Whether the whole body has been read. */
  public boolean isDone() {
    return state == State.DONE;
  }

  /** Whether the end of the connection is the regular end of this body. */
  public boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /**
   * The next piece of the body, as a retained slice of {@code in} that the caller must release, or
   * null when there is nothing more for now: see {@link #isDone}.
   *
   * @throws HttpError with status 400 when the chunks are malformed
   */
  public @Nullable ByteBuf next(ByteBuf in) throws HttpError {
    while (true) {
      switch (state) {
        case DONE -> {
          return null;
        }
        case COUNTED, CHUNK_DATA -> {
          if (!in.isReadable()) {
            return null;
          }
          int length = (int) Math.min(left, in.readableBytes());
          left -= length;
          if (left == 0) {
            state = state == State.COUNTED ? State.DONE : State.CHUNK_END;
          }
          return in.readRetainedSlice(length);
        }
        case UNTIL_CLOSE -> {
          return in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
        }
        case CHUNK_LINE -> {
          int length = lineLength(in, LINE_LIMIT);
          if (length < 0) {
            return null;
          }
          left = chunkSize(in, length);
          in.skipBytes(length + 2);
          state = left == 0 ? State.TRAILER : State.CHUNK_DATA;
        }
        case CHUNK_END -> {
          if (in.readableBytes() < 2) {
            return null;
          }
          if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new HttpError(400, "a chunk is longer than its size says");
          }
          state = State.CHUNK_LINE;
        }
        case TRAILER -> {
          int length = lineLength(in, TRAILER_LIMIT);
          if (length < 0) {
            return null;
          }
          in.skipBytes(length + 2);
          trailerBytes += length + 2;
          if (length == 0) {
            state = State.DONE;
          } else if (trailerBytes > TRAILER_LIMIT) {
            throw new HttpError(400, "the trailer is longer than " + TRAILER_LIMIT + " bytes");
          }
        }
      }
    }
  }

  /** Bytes before the next CRLF, or -1 when it has not come yet. */
  private static int lineLength(ByteBuf in, int limit) throws HttpError {
    int start = in.readerIndex();
    int end = Math.min(in.writerIndex(), start + limit);
    int lf = in.indexOf(start, end, (byte) '\n');
    if (lf < 0) {
      if (in.readableBytes() >= limit) {
        throw new HttpError(400, "a chunk's line is longer than " + limit + " bytes");
      }
      return -1;
    }
    if (lf == start || in.getByte(lf - 1) != '\r') {
      throw new HttpError(400, "a chunk's line ends with LF instead of CRLF");
    }
    return lf - 1 - start;
  }

  private static long chunkSize(ByteBuf in, int lineLength) throws HttpError {
    int start = in.readerIndex();
    long size = 0;
    int digits = 0;
    while (digits < lineLength) {
      int digit = Ascii.hex(in.getByte(start + digits));
      if (digit < 0) {
        break;
      }
      if (digits == 15) {
        throw new HttpError(400, "a chunk's size has more than 15 digits");
      }
      size = (size << 4) | digit;
      digits++;
    }
    if (digits == 0 || !isExtension(in, start + digits, start + lineLength)) {
      throw new HttpError(400, "a chunk does not start with its size in hexadecimal");
    }
    return size;
  }

  /** Nothing, or a semicolon and visible text, with optional blanks before it. */
  private static boolean isExtension(ByteBuf in, int from, int to) {
    int at = from;
    while (at < to && (in.getByte(at) == ' ' || in.getByte(at) == '\t')) {
      at++;
    }
    if (at == to) {
      return at == from;
    }
    if (in.getByte(at) != ';') {
      return false;
    }
    for (; at < to; at++) {
      if (!Ascii.isFieldContent(in.getByte(at))) {
        return false;
      }
    }
    return true;
  }
}
