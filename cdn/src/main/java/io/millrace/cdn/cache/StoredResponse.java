package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HopByHop;
import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.store.Body;
import io.millrace.cdn.store.MemoryBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A complete response as the cache keeps it. Immutable: validation makes another one that shares
 * the body.
 *
 * <p>Its head is kept as it is sent: status line and all fields but Age and Cache-Status, which
 * differ with every answer.
 */
public final class StoredResponse {

  /** Fields that a 304 does not change: they describe the body that is kept. */
  private static final Set<String> OF_THE_BODY =
      Set.of(
          "content-encoding",
          "content-length",
          "content-md5",
          "content-range",
          "etag",
          "transfer-encoding");

  private final ResponseHead head;
  private final Body body;
  private final CacheControl control;
  private final Freshness freshness;
  private final VaryKey vary;
  private final byte[] encodedHead;
  private final @Nullable String etag;
  private final @Nullable String lastModified;
  private final long mark;
  private volatile long checkedMark;

  private StoredResponse(
      ResponseHead head, Body body, Freshness freshness, VaryKey vary, long mark) {
    this.head = head;
    this.body = body;
    this.control = CacheControl.ofResponse(head.fields());
    this.freshness = freshness;
    this.vary = vary;
    this.encodedHead = encode(head);
    this.etag = head.fields().first("etag");
    this.lastModified = head.fields().first("last-modified");
    this.mark = mark;
    this.checkedMark = mark;
  }

  /**
   * Makes the stored form of a response.
   *
   * @param freshness as computed of the head as it came
   */
  static StoredResponse of(ResponseHead head, byte[] body, Freshness freshness, VaryKey vary) {
    return of(head, new MemoryBody(body), body.length, freshness, vary);
  }

  /** Makes the stored form of a response with a body of that length, which may be yet to come. */
  static StoredResponse of(
      ResponseHead head, Body body, long length, Freshness freshness, VaryKey vary) {
    List<String> dropped = CacheControl.ofResponse(head.fields()).fieldsNotToReuse();
    return of(head, body, length, freshness, vary, dropped);
  }

  /**
   * A response as it answers the one request that it was fetched for: also with the fields that
   * no-cache and private except from reuse.
   */
  static StoredResponse unshared(
      ResponseHead head, byte[] body, Freshness freshness, VaryKey vary) {
    return of(head, new MemoryBody(body), body.length, freshness, vary, List.of());
  }

  private static StoredResponse of(
      ResponseHead head,
      Body body,
      long length,
      Freshness freshness,
      VaryKey vary,
      List<String> dropped) {
    Fields came = head.fields();
    Fields.Builder fields = new Fields.Builder();
    for (int line = 0; line < came.count(); line++) {
      String name = came.name(line).toLowerCase(Locale.ROOT);
      if (!name.equals("age")
          && !name.equals("content-length")
          && !dropped.contains(name)
          && !HopByHop.is(came, line)) {
        fields.add(came, line);
      }
    }
    return new StoredResponse(complete(head, fields, length, freshness), body, freshness, vary, 0);
  }

  /** Adds what every answer has: its length, and a date if it came without. */
  private static ResponseHead complete(
      ResponseHead head, Fields.Builder fields, long length, Freshness freshness) {
    if (!head.isBodiless()) {
      fields.add("Content-Length", Long.toString(length));
    }
    if (!head.fields().has("date")) {
      fields.add("Date", HttpDate.format(freshness.dateMillis()));
    }
    return head.withFields(fields.build());
  }

  /** This response with the fields of a 304 or of a HEAD's response (RFC 9111, section 3.2). */
  StoredResponse updated(Fields by, Freshness fresh) {
    Fields.Builder fields = new Fields.Builder();
    Fields old = head.fields();
    for (int line = 0; line < old.count(); line++) {
      String name = old.name(line).toLowerCase(Locale.ROOT);
      boolean keep = OF_THE_BODY.contains(name) || !by.has(name);
      // A response without a date was made when it came (RFC 9110, section 6.6.1).
      if (keep && !name.equals("date")) {
        fields.add(old, line);
      }
    }
    if (!by.has("date")) {
      fields.add("Date", HttpDate.format(fresh.dateMillis()));
    }
    for (int line = 0; line < by.count(); line++) {
      String name = by.name(line).toLowerCase(Locale.ROOT);
      boolean keep =
          !name.equals("age")
              && !OF_THE_BODY.contains(name)
              && !control.fieldsNotToReuse().contains(name)
              && !HopByHop.is(by, line);
      if (keep) {
        fields.add(by, line);
      }
    }
    return new StoredResponse(head.withFields(fields.build()), body, fresh, vary, mark);
  }

  /** One that comes back from disk. */
  static StoredResponse restored(
      ResponseHead head, Body body, Freshness freshness, VaryKey vary, long mark) {
    return new StoredResponse(head, body, freshness, vary, mark);
  }

  /** With the mark of when its origin was asked. */
  StoredResponse withMark(long asked) {
    return new StoredResponse(head, body, freshness, vary, asked);
  }

  /** With a body of its length. */
  StoredResponse withBody(Body other) {
    return new StoredResponse(head, other, freshness, vary, mark);
  }

  /** Stale from that time on, if it is not before; purges up to a mark are so done with. */
  StoredResponse staleSince(long millis, long done) {
    long lifetime = Math.min(freshness.lifetimeMillis(), freshness.ageMillis(millis));
    return new StoredResponse(head, body, freshness.withLifetime(lifetime), vary, done);
  }

  /** This response as the answer to other requests too, which its origin has said is the same. */
  StoredResponse forRequestsLike(VaryKey other) {
    return other.equals(vary) ? this : new StoredResponse(head, body, freshness, other, mark);
  }

  private static byte[] encode(ResponseHead head) {
    ByteBuf out = Unpooled.buffer(512);
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + head.status() + " ");
    for (int i = 0; i < head.reason().length(); i++) {
      out.writeByte(head.reason().charAt(i));
    }
    ByteBufUtil.writeAscii(out, "\r\n");
    head.fields().writeTo(out);
    return ByteBufUtil.getBytes(out);
  }

  /** Status and fields. */
  public ResponseHead head() {
    return head;
  }

  /** The body; who sends it has retained it. */
  public Body body() {
    return body;
  }

  /** Status line and fields as they go over the wire, without an empty line; only to be read. */
  public byte[] encodedHead() {
    return encodedHead;
  }

  /** Its directives. */
  public CacheControl control() {
    return control;
  }

  /** Its age and lifetime. */
  public Freshness freshness() {
    return freshness;
  }

  /** Its entity tag as sent, or null. */
  public @Nullable String etag() {
    return etag;
  }

  /** Its Last-Modified as sent, or null. */
  public @Nullable String lastModified() {
    return lastModified;
  }

  /** Whether the origin can be asked if it is still good. */
  boolean hasValidator() {
    return etag != null || lastModified != null;
  }

  /** How many purges had been applied when its origin was asked. */
  long mark() {
    return mark;
  }

  /** How many purges were found not to concern it. */
  long checkedMark() {
    return checkedMark;
  }

  void checked(long upTo) {
    checkedMark = upTo;
  }

  VaryKey vary() {
    return vary;
  }

  /** Bytes that it takes, about. */
  int weight() {
    return body.memoryBytes() + encodedHead.length + head.fields().sizeBytes() + 256;
  }
}
