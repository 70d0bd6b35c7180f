package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a representation, of one or several 206 (RFC 9111, sections 3.3 and 3.4). Immutable.
 *
 * <p>Parts of two responses are combined only where a strong entity tag says that they are of the
 * same representation; else the newer one takes the place of the older.
 *
 * @param head of the newest response, with the fields of older ones that it has not; without
 *     Content-Range
 * @param total bytes of the whole
 * @param parts in order; neither overlapping nor touching
 */
record PartialResponse(
    ResponseHead head, Freshness freshness, VaryKey vary, int total, List<Part> parts) {

  private static final int MOST_PARTS = 64;
  private static final int OWN_WEIGHT = 256;

  /**
   * Bytes in a row; the array is shared, so only to be read.
   *
   * @param first index of the first one
   */
  record Part(int first, byte[] bytes) {

    /** Index behind the last one. */
    int end() {
      return first + bytes.length;
    }
  }

  /** Of one response; its body has as many bytes as its range says. */
  static PartialResponse of(
      ResponseHead head, ContentRange range, byte[] body, Freshness freshness, VaryKey vary) {
    return new PartialResponse(
        head.withFields(without(head.fields(), "content-range")),
        freshness,
        vary,
        range.total(),
        List.of(new Part(range.first(), body)));
  }

  private static Fields without(Fields fields, String name) {
    Fields.Builder kept = new Fields.Builder();
    for (int line = 0; line < fields.count(); line++) {
      if (!fields.named(line, name)) {
        kept.add(fields, line);
      }
    }
    return kept.build();
  }

  /** Its entity tag if that is a strong one, else null. */
  @Nullable String strongTag() {
    return strongTag(head.fields());
  }

  private static @Nullable String strongTag(Fields fields) {
    String tag = fields.first("etag");
    return tag != null && tag.startsWith("\"") ? tag : null;
  }

  private boolean isOfTheSame(Fields other) {
    String tag = strongTag();
    return tag != null && tag.equals(strongTag(other));
  }

  /** The part that holds all of a range, or null. */
  @Nullable Part holding(ByteRange range) {
    for (Part part : parts) {
      if (part.first() <= range.first() && range.last() < part.end()) {
        return part;
      }
    }
    return null;
  }

  /** The 206 for a range that a part holds. */
  StoredResponse answer(ByteRange range, Part part) {
    byte[] body = new byte[(int) range.length()];
    System.arraycopy(part.bytes(), (int) range.first() - part.first(), body, 0, body.length);
    Fields fields =
        head.fields()
            .edit()
            .add("Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + total)
            .build();
    return StoredResponse.of(new ResponseHead(206, fields), body, freshness, vary);
  }

  /**
   * With the parts of a newer response, or the newer one alone where the two cannot be combined, or
   * would be more than is kept.
   */
  PartialResponse with(PartialResponse newer, int mostBytes) {
    if (!isOfTheSame(newer.head.fields())
        || newer.total != total
        || !newer.vary.sameRequests(vary)) {
      return newer;
    }
    List<Part> all = new ArrayList<>(parts);
    all.addAll(newer.parts);
    List<Part> joined = joined(all);
    long bytes = 0;
    for (Part part : joined) {
      bytes += part.bytes().length;
    }
    return joined.size() > MOST_PARTS || bytes > mostBytes
        ? newer
        : new PartialResponse(
            newer.head.withFields(merged(newer.head.fields())),
            newer.freshness,
            newer.vary,
            total,
            joined);
  }

  /** The newer fields, and those older ones that it has no newer ones for. */
  private Fields merged(Fields newer) {
    Fields.Builder fields = new Fields.Builder();
    Fields old = head.fields();
    for (int line = 0; line < old.count(); line++) {
      String name = old.name(line).toLowerCase(Locale.ROOT);
      // The older response's length and age are its own.
      if (!newer.has(name) && !name.equals("content-length") && !name.equals("age")) {
        fields.add(old, line);
      }
    }
    for (int line = 0; line < newer.count(); line++) {
      if (!newer.named(line, "content-range")) {
        fields.add(newer, line);
      }
    }
    return fields.build();
  }

  private static List<Part> joined(List<Part> all) {
    all.sort(Comparator.comparingInt(Part::first));
    List<Part> joined = new ArrayList<>(all.size());
    Part last = null;
    for (Part part : all) {
      if (last == null || part.first() > last.end()) {
        if (last != null) {
          joined.add(last);
        }
        last = part;
      } else if (part.end() > last.end()) {
        byte[] bytes = new byte[part.end() - last.first()];
        System.arraycopy(last.bytes(), 0, bytes, 0, last.bytes().length);
        System.arraycopy(part.bytes(), 0, bytes, part.first() - last.first(), part.bytes().length);
        last = new Part(last.first(), bytes);
      }
    }
    if (last != null) {
      joined.add(last);
    }
    return joined;
  }

  /** Whether nothing is missing. */
  boolean isComplete() {
    return parts.size() == 1 && parts.getFirst().bytes().length == total;
  }

  /** The head of the whole: a 200. */
  ResponseHead wholeHead() {
    return new ResponseHead(200, head.fields());
  }

  /**
   * The one range that is missing, if that is all and the origin can be asked for it safely; else
   * null.
   */
  @Nullable ByteRange missing() {
    if (strongTag() == null || isComplete()) {
      return null;
    }
    ByteRange hole = null;
    int at = 0;
    for (int i = 0; i <= parts.size(); i++) {
      int next = i < parts.size() ? parts.get(i).first() : total;
      if (next > at) {
        if (hole != null) {
          return null;
        }
        hole = new ByteRange(at, next - 1);
      }
      at = i < parts.size() ? parts.get(i).end() : total;
    }
    return hole;
  }

  /** How many bytes {@link #missing} has. */
  int missingBytes() {
    ByteRange hole = missing();
    return hole == null ? 0 : (int) hole.length();
  }

  /** The head of the whole when a response brings just what is missing, else null. */
  @Nullable ResponseHead completedBy(ResponseHead came) {
    ContentRange range = came.status() == 206 ? ContentRange.of(came) : null;
    ByteRange hole = missing();
    boolean fits =
        range != null
            && hole != null
            && range.total() == total
            && range.first() == hole.first()
            && range.last() == hole.last()
            && isOfTheSame(came.fields());
    return fits ? new ResponseHead(200, merged(came.fields())) : null;
  }

  /** The whole body, of what is here and what was missing. */
  byte[] completed(byte[] missing) {
    ByteRange hole = missing();
    byte[] whole = new byte[total];
    for (Part part : parts) {
      System.arraycopy(part.bytes(), 0, whole, part.first(), part.bytes().length);
    }
    if (hole != null) {
      System.arraycopy(missing, 0, whole, (int) hole.first(), missing.length);
    }
    return whole;
  }

  int weight(String key) {
    int weight = OWN_WEIGHT + key.length() + head.fields().sizeBytes();
    for (Part part : parts) {
      weight += part.bytes().length + 32;
    }
    return weight;
  }
}
