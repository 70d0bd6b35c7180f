package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;

/** What a 304 means for the stored response that it was asked about (RFC 9111, section 4.3). */
final class Validation {

  private Validation() {}

  /** Whether a 304 is about what is stored (RFC 9111, section 4.3.4). */
  static boolean confirms(StoredResponse stored, ResponseHead notModified) {
    String tag = notModified.fields().first("etag");
    return tag == null || stored.etag() == null || sameTag(tag, stored.etag());
  }

  private static boolean sameTag(String one, String other) {
    return one.equals(other) || one.replace("W/", "").equals(other.replace("W/", ""));
  }

  /**
   * The stored response with the fields of a 304, fresh anew.
   *
   * @param own freshness of the 304 by itself
   * @param askedMillis when the origin was asked
   */
  static StoredResponse renewed(
      StoredResponse stored,
      ResponseHead notModified,
      Freshness own,
      long askedMillis,
      CachePolicy policy) {
    Fields fields = notModified.fields();
    // The fields of both together decide, and they are known once they are merged.
    StoredResponse merged = stored.updated(fields, own);
    Freshness freshness =
        Freshness.of(
            merged.head().status(),
            withAge(merged.head().fields(), fields),
            merged.control(),
            askedMillis,
            own.responseMillis(),
            policy);
    return stored.updated(fields, freshness);
  }

  /** The fields of the renewed response decide its freshness, but only the 304 knows its Age. */
  private static Fields withAge(Fields renewed, Fields came) {
    String age = came.first("age");
    return age == null ? renewed : renewed.edit().add("Age", age).build();
  }
}
