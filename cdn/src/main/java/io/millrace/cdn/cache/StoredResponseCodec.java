package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.store.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored response without its body, as bytes for the disk: version, status, reason, HTTP version,
 * freshness, mark, Vary, fields. Numbers are big-endian; texts have their length before them.
 */
final class StoredResponseCodec {

  private static final int VERSION = 1;
  private static final Charset CHARSET = StandardCharsets.ISO_8859_1;

  private StoredResponseCodec() {}

  static byte[] encode(StoredResponse response) {
    ByteBuf out = Unpooled.buffer(256 + response.head().fields().sizeBytes());
    ResponseHead head = response.head();
    Freshness freshness = response.freshness();
    out.writeByte(VERSION).writeShort(head.status()).writeBoolean(head.http11());
    text(out, head.reason());
    out.writeLong(freshness.lifetimeMillis()).writeLong(freshness.initialAgeMillis());
    out.writeLong(freshness.responseMillis()).writeLong(freshness.dateMillis());
    out.writeLong(response.mark());
    VaryKey vary = response.vary();
    out.writeInt(vary.names().size());
    for (int i = 0; i < vary.names().size(); i++) {
      text(out, vary.names().get(i));
      text(out, vary.values().get(i));
    }
    text(out, vary.language());
    Fields fields = head.fields();
    out.writeInt(fields.count());
    for (int line = 0; line < fields.count(); line++) {
      text(out, fields.name(line));
      text(out, fields.value(line));
    }
    return ByteBufUtil.getBytes(out);
  }

  private static void text(ByteBuf out, @Nullable String text) {
    if (text == null) {
      out.writeInt(-1);
    } else {
      out.writeInt(text.length());
      out.writeCharSequence(text, CHARSET);
    }
  }

  /** The response of these bytes, or null when they are of another version or make no sense. */
  static @Nullable StoredResponse decode(byte[] bytes, Body body) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      if (in.readByte() != VERSION) {
        return null;
      }
      int status = in.readUnsignedShort();
      boolean http11 = in.readBoolean();
      String reason = required(in);
      Freshness freshness =
          new Freshness(in.readLong(), in.readLong(), in.readLong(), in.readLong());
      long mark = in.readLong();
      List<String> names = new ArrayList<>();
      List<@Nullable String> values = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        names.add(required(in));
        values.add(text(in));
      }
      String language = text(in);
      Fields.Builder fields = new Fields.Builder();
      for (int left = in.readInt(); left > 0; left--) {
        fields.add(required(in), required(in));
      }
      return StoredResponse.restored(
          new ResponseHead(status, reason, http11, fields.build()),
          body,
          freshness,
          new VaryKey(names, values, language),
          mark);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String required(ByteBuf in) {
    String text = text(in);
    if (text == null) {
      throw new IllegalArgumentException("a text is missing");
    }
    return text;
  }

  private static @Nullable String text(ByteBuf in) {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    if (length > in.readableBytes()) {
      throw new IndexOutOfBoundsException(length);
    }
    return in.readCharSequence(length, CHARSET).toString();
  }
}
