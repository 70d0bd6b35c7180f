package io.millrace.amqp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.queue.MessageProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a content header, kept as the publisher sent them: flags and the fields that
 * they name. What the broker asks for is found when they are checked; the rest is read when it is
 * asked for. Immutable.
 */
public final class BasicProperties implements MessageProperties {

  /** How they are stored. */
  public static final MessageProperties.Format FORMAT =
      new MessageProperties.Format() {
        @Override
        public MessageProperties decode(byte[] encoded) {
          try {
            return read(Unpooled.wrappedBuffer(encoded));
          } catch (AmqpException e) {
            throw new IllegalArgumentException(e);
          }
        }

        @Override
        public MessageProperties of(Map<String, Object> headers) {
          return persistent(headers);
        }
      };

  private static final int CONTENT_TYPE = 1 << 15;
  private static final int CONTENT_ENCODING = 1 << 14;
  private static final int HEADERS = 1 << 13;
  private static final int DELIVERY_MODE = 1 << 12;
  private static final int PRIORITY = 1 << 11;
  private static final int CORRELATION_ID = 1 << 10;
  private static final int REPLY_TO = 1 << 9;
  private static final int EXPIRATION = 1 << 8;
  private static final int MESSAGE_ID = 1 << 7;
  private static final int TIMESTAMP = 1 << 6;
  private static final int TYPE = 1 << 5;
  private static final int USER_ID = 1 << 4;
  private static final int APP_ID = 1 << 3;
  private static final int CLUSTER_ID = 1 << 2;
  private static final int UNKNOWN = 3;
  private static final byte PERSISTENT = 2;
  private static final int MOST_COMPARED_BYTES = 256;

  private final byte[] encoded;
  private final int flags;
  private final int headersAt;
  private final int expirationAt;
  private final int replyToAt;
  private final int userIdAt;
  private final byte deliveryMode;
  private final int priority;
  private final long expirationMillis;
  private @Nullable Map<String, Object> headers;

  private BasicProperties(byte[] encoded, Scan scan) {
    this.encoded = encoded;
    this.flags = scan.flags;
    this.headersAt = scan.headersAt;
    this.expirationAt = scan.expirationAt;
    this.replyToAt = scan.replyToAt;
    this.userIdAt = scan.userIdAt;
    this.deliveryMode = scan.deliveryMode;
    this.priority = scan.priority;
    this.expirationMillis = scan.expirationMillis;
  }

  /**
   * Reads and checks all that is left of a content header.
   *
   * @throws AmqpException for bytes that are no properties, or an expiration that is no number
   */
  public static BasicProperties read(ByteBuf in) {
    byte[] encoded = new byte[in.readableBytes()];
    in.getBytes(in.readerIndex(), encoded);
    Scan scan = new Scan();
    scan.all(in);
    return new BasicProperties(encoded, scan);
  }

  /**
   * As {@link #read(ByteBuf)}; gives {@code last} again where the bytes are the same, as they are
   * from most publishers.
   */
  public static BasicProperties read(ByteBuf in, @Nullable BasicProperties last) {
    if (last == null || !last.isEncodedIn(in)) {
      return read(in);
    }
    in.skipBytes(in.readableBytes());
    return last;
  }

  private boolean isEncodedIn(ByteBuf in) {
    int length = in.readableBytes();
    if (length != encoded.length || length > MOST_COMPARED_BYTES) {
      return false;
    }
    int at = in.readerIndex();
    for (int i = 0; i < length; i++) {
      if (in.getByte(at + i) != encoded[i]) {
        return false;
      }
    }
    return true;
  }

  private static BasicProperties persistent(Map<String, Object> headers) {
    ByteBuf out = Unpooled.buffer();
    out.writeShort(DELIVERY_MODE | (headers.isEmpty() ? 0 : HEADERS));
    if (!headers.isEmpty()) {
      FieldWriter.table(out, headers);
    }
    out.writeByte(PERSISTENT);
    return read(out);
  }

  /** One pass over the fields. */
  private static final class Scan {
    int flags;
    int headersAt = -1;
    int expirationAt = -1;
    int replyToAt = -1;
    int userIdAt = -1;
    byte deliveryMode;
    int priority;
    long expirationMillis = -1;

    void all(ByteBuf in) {
      int start = in.readerIndex();
      flags = Fields.unsignedShort(in);
      if ((flags & UNKNOWN) != 0) {
        throw AmqpException.syntax("a content header has properties that are not known");
      }
      shortText(in, CONTENT_TYPE);
      shortText(in, CONTENT_ENCODING);
      if ((flags & HEADERS) != 0) {
        headersAt = in.readerIndex() - start;
        Fields.skipTable(in, Fields.MAX_DEPTH);
      }
      if ((flags & DELIVERY_MODE) != 0) {
        deliveryMode = (byte) Fields.bits(in);
      }
      if ((flags & PRIORITY) != 0) {
        priority = Fields.bits(in);
      }
      shortText(in, CORRELATION_ID);
      replyToAt = at(in, start, REPLY_TO);
      shortText(in, REPLY_TO);
      if ((flags & EXPIRATION) != 0) {
        expirationAt = in.readerIndex() - start;
        expirationMillis = expiration(Fields.shortText(in));
      }
      shortText(in, MESSAGE_ID);
      if ((flags & TIMESTAMP) != 0) {
        Fields.skip(in, 8);
      }
      shortText(in, TYPE);
      userIdAt = at(in, start, USER_ID);
      shortText(in, USER_ID);
      shortText(in, APP_ID);
      shortText(in, CLUSTER_ID);
      if (in.isReadable()) {
        throw AmqpException.syntax("a content header is longer than its properties");
      }
    }

    private int at(ByteBuf in, int start, int flag) {
      return (flags & flag) == 0 ? -1 : in.readerIndex() - start;
    }

    private void shortText(ByteBuf in, int flag) {
      if ((flags & flag) != 0) {
        Fields.skip(in, Fields.bits(in));
      }
    }

    private static long expiration(String text) {
      try {
        long millis = Long.parseLong(text);
        if (millis >= 0 && millis <= 0xffff_ffffL) {
          return millis;
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED, "invalid expiration '" + text + "': no number of ms");
    }
  }

  @Override
  public boolean persistent() {
    return deliveryMode == PERSISTENT;
  }

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public long expirationMillis() {
    return expirationMillis;
  }

  @Override
  public Map<String, Object> headers() {
    if (headersAt < 0) {
      return Map.of();
    }
    Map<String, Object> read = headers;
    if (read == null) {
      read =
          java.util.Collections.unmodifiableMap(
              Fields.table(Unpooled.wrappedBuffer(encoded, headersAt, encoded.length - headersAt)));
      headers = read;
    }
    return read;
  }

  @Override
  public @Nullable String property(String name) {
    int wanted =
        switch (name) {
          case "correlation_id" -> CORRELATION_ID;
          case "message_id" -> MESSAGE_ID;
          case "timestamp" -> TIMESTAMP;
          default -> 0;
        };
    if ((flags & wanted) == 0) {
      return null;
    }
    ByteBuf in = Unpooled.wrappedBuffer(encoded);
    in.skipBytes(2);
    // In the order in which they are written.
    for (int flag = CONTENT_TYPE; flag != wanted; flag >>= 1) {
      if ((flags & flag) != 0) {
        skip(in, flag);
      }
    }
    return wanted == TIMESTAMP ? Long.toString(in.readLong()) : Fields.shortText(in);
  }

  private static void skip(ByteBuf in, int flag) {
    switch (flag) {
      case HEADERS -> Fields.skipTable(in, Fields.MAX_DEPTH);
      case DELIVERY_MODE, PRIORITY -> in.skipBytes(1);
      case TIMESTAMP -> in.skipBytes(8);
      default -> in.skipBytes(in.readUnsignedByte());
    }
  }

  /** The user that the publisher says it is, or null. */
  public @Nullable String userId() {
    return textAt(userIdAt);
  }

  /** Where answers are to go, or null. */
  public @Nullable String replyTo() {
    return textAt(replyToAt);
  }

  private @Nullable String textAt(int at) {
    return at < 0 ? null : new String(encoded, at + 1, encoded[at] & 0xff, UTF_8);
  }

  /** The same properties with another place for answers. */
  public BasicProperties withReplyTo(String replyTo) {
    int old = replyToAt < 0 ? 0 : 1 + (encoded[replyToAt] & 0xff);
    ByteBuf out = Unpooled.buffer(encoded.length + 64);
    out.writeBytes(encoded, 0, replyToAt);
    FieldWriter.shortText(out, replyTo);
    out.writeBytes(encoded, replyToAt + old, encoded.length - replyToAt - old);
    return read(out);
  }

  @Override
  public BasicProperties with(Map<String, Object> changed, boolean dropExpiration) {
    ByteBuf in = Unpooled.wrappedBuffer(encoded);
    int newFlags = flags | HEADERS;
    if (dropExpiration) {
      newFlags &= ~EXPIRATION;
    }
    ByteBuf out = Unpooled.buffer(encoded.length + 256);
    out.writeShort(newFlags);
    in.skipBytes(2);
    copyShortText(in, out, CONTENT_TYPE);
    copyShortText(in, out, CONTENT_ENCODING);
    FieldWriter.table(out, new LinkedHashMap<>(changed));
    if ((flags & HEADERS) != 0) {
      Fields.skipTable(in, Fields.MAX_DEPTH);
    }
    if (dropExpiration && expirationAt >= 0) {
      out.writeBytes(in, expirationAt - in.readerIndex());
      Fields.skip(in, Fields.bits(in));
    }
    out.writeBytes(in);
    return read(out);
  }

  private void copyShortText(ByteBuf in, ByteBuf out, int flag) {
    if ((flags & flag) != 0) {
      int length = in.readUnsignedByte();
      out.writeByte(length).writeBytes(in, length);
    }
  }

  @Override
  public byte[] encoded() {
    return encoded;
  }

  @Override
  public String toString() {
    return "BasicProperties[" + ByteBufUtil.hexDump(encoded) + "]";
  }
}
