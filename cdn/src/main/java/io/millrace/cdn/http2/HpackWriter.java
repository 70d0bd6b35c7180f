package io.millrace.cdn.http2;

import io.millrace.cdn.http.Decimal;
import io.millrace.cdn.http.Fields;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Writes field blocks without a dynamic table (RFC 7541): every field is a literal that is not
 * indexed, its name an index of the static table where there is one. Such a block means the same on
 * every connection, so a stored response's is made once and copied into each answer.
 */
public final class HpackWriter {

  private static final int NEVER_INDEXED = 0x10;

  private static final String[] NAMES = {
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "accept",
    "access-control-allow-origin",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "cookie",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "link",
    "location",
    "max-forwards",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "refresh",
    "retry-after",
    "server",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "user-agent",
    "vary",
    "via",
    "www-authenticate"
  };
  private static final int FIRST_NAME = 15;
  private static final Map<String, Integer> INDEXES = new HashMap<>();

  static {
    for (int i = 0; i < NAMES.length; i++) {
      INDEXES.put(NAMES[i], FIRST_NAME + i);
    }
  }

  private HpackWriter() {}

  /** Writes {@code :status}, which comes first. */
  public static void status(int status, ByteBuf out) {
    switch (status) {
      case 200 -> out.writeByte(0x88);
      case 204 -> out.writeByte(0x89);
      case 206 -> out.writeByte(0x8a);
      case 304 -> out.writeByte(0x8b);
      case 400 -> out.writeByte(0x8c);
      case 404 -> out.writeByte(0x8d);
      case 500 -> out.writeByte(0x8e);
      default -> {
        out.writeByte(8).writeByte(3);
        out.writeByte('0' + status / 100);
        out.writeByte('0' + status / 10 % 10);
        out.writeByte('0' + status % 10);
      }
    }
  }

  /** Writes a field; its name in any case, both in ISO 8859-1. */
  public static void field(String name, String value, ByteBuf out) {
    name(name, out);
    text(value, out);
  }

  /** Writes a line of a list of fields. */
  public static void line(Fields fields, int line, ByteBuf out) {
    field(fields.name(line), fields.value(line), out);
  }

  /** Writes a field whose value is a number. */
  public static void number(String name, long value, ByteBuf out) {
    name(name, out);
    integer(Decimal.length(value), 7, 0, out);
    Decimal.write(value, out);
  }

  /** Writes a field whose value is given in two parts: bytes, and behind them a number. */
  public static void field(
      String name, byte[] value, int from, byte[] then, long number, ByteBuf out) {
    name(name, out);
    integer(value.length - from + then.length + Decimal.length(number), 7, 0, out);
    out.writeBytes(value, from, value.length - from);
    out.writeBytes(then);
    Decimal.write(number, out);
  }

  /** Writes a field whose value is the end of an array. */
  public static void field(String name, byte[] value, int from, ByteBuf out) {
    name(name, out);
    integer(value.length - from, 7, 0, out);
    out.writeBytes(value, from, value.length - from);
  }

  private static void name(String any, ByteBuf out) {
    String name = any.toLowerCase(Locale.ROOT);
    Integer index = INDEXES.get(name);
    // What a client must not be able to guess is not compressed by anybody on the way either.
    int kind = name.equals("set-cookie") || name.equals("authorization") ? NEVER_INDEXED : 0;
    if (index == null) {
      out.writeByte(kind);
      text(name, out);
    } else {
      integer(index, 4, kind, out);
    }
  }

  private static void text(String text, ByteBuf out) {
    int length = text.length();
    integer(length, 7, 0, out);
    for (int i = 0; i < length; i++) {
      out.writeByte(text.charAt(i));
    }
  }

  /** RFC 7541, section 5.1: an integer whose first bits share a byte with something else. */
  private static void integer(int value, int prefixBits, int first, ByteBuf out) {
    int most = (1 << prefixBits) - 1;
    if (value < most) {
      out.writeByte(first | value);
      return;
    }
    out.writeByte(first | most);
    int left = value - most;
    for (; left >= 128; left >>>= 7) {
      out.writeByte((left & 127) | 128);
    }
    out.writeByte(left);
  }
}
