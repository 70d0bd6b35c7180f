package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.ResponseHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asking the origin whether what is stored is still good (RFC 9111, section 4.3).
 *
 * @param candidates the one response that is stored for the request; or, where none is, those that
 *     are stored for other requests, one of which may turn out to be for this one too
 * @param ofThisRequest whether nothing is stored for other requests alone
 */
record Validation(List<StoredResponse> candidates, boolean ofThisRequest) {

  /** Asks nothing: the response is wanted as a whole. */
  static final Validation NONE = new Validation(List.of(), true);

  /**
   * What to ask for a request.
   *
   * @param stored for it, or null
   * @param entry of its resource, or null
   */
  static Validation of(@Nullable StoredResponse stored, @Nullable CacheEntry entry) {
    if (stored != null) {
      return stored.hasValidator() ? new Validation(List.of(stored), true) : NONE;
    }
    if (entry == null) {
      return NONE;
    }
    return new Validation(
        entry.variants().stream().filter(variant -> variant.etag() != null).toList(), false);
  }

  /** Adds the conditions to a request (section 4.3.1). */
  void addTo(Fields.Builder fields) {
    StringBuilder tags = new StringBuilder();
    for (StoredResponse each : candidates) {
      String tag = each.etag();
      if (tag != null && tags.indexOf(tag) < 0) {
        tags.append(tags.isEmpty() ? "" : ", ").append(tag);
      }
    }
    if (!tags.isEmpty()) {
      fields.add("If-None-Match", tags.toString());
    }
    // Of a response for other requests only the tag can tell that it is for this one too.
    if (ofThisRequest && !candidates.isEmpty()) {
      String lastModified = candidates.getFirst().lastModified();
      if (lastModified != null) {
        fields.add("If-Modified-Since", lastModified);
      }
    }
  }

  /** The response that a 304 is about (section 4.3.4), or null when it is about none of them. */
  @Nullable StoredResponse confirmed(ResponseHead notModified) {
    String tag = notModified.fields().first("etag");
    if (ofThisRequest && !candidates.isEmpty()) {
      String stored = candidates.getFirst().etag();
      return tag == null || stored == null || Preconditions.sameTag(tag, stored)
          ? candidates.getFirst()
          : null;
    }
    if (tag == null) {
      return candidates.size() == 1 ? candidates.getFirst() : null;
    }
    for (StoredResponse each : candidates) {
      if (each.etag() != null && Preconditions.sameTag(tag, each.etag())) {
        return each;
      }
    }
    return null;
  }

  /**
   * A stored response with the fields of a 304, fresh anew.
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
