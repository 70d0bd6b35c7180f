package io.millrace.cdn.view;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How a view's documents and events are written, in UTF-8.
 *
 * <pre>
 *   document   {"key":"SFO","departures":[…,…],"delays":[…],"version":7}
 *   summary    "SFO":{"departures":…,"delays":…,"version":7}     the newest value of each, or null
 *   index      {"keys":{summary,…},"version":9}
 *   update     {"key":"SFO","departures":[…],"version":8}        what is new; members with nothing
 *                                                                new are left out
 * </pre>
 *
 * <p>Events are those of Server-Sent Events (WHATWG HTML, section 9.2): {@code id} is the version,
 * {@code data} is one line.
 */
final class ViewShape {

  /** The event whose data is a key's document, in place of all that was known of the key. */
  static final String REPLACE = "replace";

  /** The event whose data is what is to be added to a key's values. */
  static final String UPDATE = "update";

  /** The event whose data is the index, in place of all that was known of any key. */
  static final String STATE = "state";

  private static final byte[] KEY = ascii("{\"key\":");
  private static final byte[] VERSION = ascii(",\"version\":");
  private static final byte[] NULL = ascii("null");
  private static final byte[] KEYS = ascii("{\"keys\":{");

  private final byte[][] members;

  /**
   * @param topics the members, in the order in which they are written
   */
  ViewShape(List<ViewedTopic> topics) {
    this.members = new byte[topics.size()][];
    for (int i = 0; i < members.length; i++) {
      members[i] = ascii('"' + topics.get(i).member() + "\":");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] number(long number) {
    return ascii(Long.toString(number));
  }

  byte[] document(byte[] quotedKey, byte[][][] values, long version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(KEY);
    out.writeBytes(quotedKey);
    for (int member = 0; member < members.length; member++) {
      array(member, values[member], 0, out);
    }
    return end(version, out);
  }

  /**
   * @param fresh how many of each member's values are new
   */
  byte[] update(byte[] quotedKey, byte[][][] values, int[] fresh, long version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(KEY);
    out.writeBytes(quotedKey);
    for (int member = 0; member < members.length; member++) {
      if (fresh[member] > 0) {
        array(member, values[member], values[member].length - fresh[member], out);
      }
    }
    return end(version, out);
  }

  private void array(int member, byte[][] values, int from, ByteArrayOutputStream out) {
    out.write(',');
    out.writeBytes(members[member]);
    out.write('[');
    for (int i = from; i < values.length; i++) {
      if (i > from) {
        out.write(',');
      }
      out.writeBytes(values[i]);
    }
    out.write(']');
  }

  byte[] summary(byte[] quotedKey, byte[][][] values, long version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(quotedKey);
    out.writeBytes(ascii(":{"));
    for (int member = 0; member < members.length; member++) {
      if (member > 0) {
        out.write(',');
      }
      byte[][] all = values[member];
      out.writeBytes(members[member]);
      out.writeBytes(all.length == 0 ? NULL : all[all.length - 1]);
    }
    return end(version, out);
  }

  static byte[] index(KeyDocument[] documents, long version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + documents.length * 256);
    out.writeBytes(KEYS);
    for (int i = 0; i < documents.length; i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(documents[i].summary());
    }
    out.write('}');
    return end(version, out);
  }

  private static byte[] end(long version, ByteArrayOutputStream out) {
    out.writeBytes(VERSION);
    out.writeBytes(number(version));
    out.write('}');
    return out.toByteArray();
  }

  static byte[] event(String name, long version, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 64);
    out.writeBytes(ascii("id: " + version + "\nevent: " + name + "\ndata: "));
    out.writeBytes(data);
    out.writeBytes(ascii("\n\n"));
    return out.toByteArray();
  }
}
