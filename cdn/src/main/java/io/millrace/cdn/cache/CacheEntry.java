package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.store.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is stored for one resource: a response for each variant that was asked for, newest first, at
 * most {@value #MOST_VARIANTS}. Immutable.
 */
@SuppressWarnings("ReferenceEquality") // a variant is itself, whatever equals it
record CacheEntry(List<StoredResponse> variants) {

  private static final int MOST_VARIANTS = 32;
  private static final int OWN_WEIGHT = 128;

  /** The newest one that the request would have got, or null. */
  @Nullable StoredResponse select(Fields request) {
    for (int i = 0; i < variants.size(); i++) {
      if (variants.get(i).vary().matches(request)) {
        return variants.get(i);
      }
    }
    return null;
  }

  /** With this one in place of the former for the same requests. */
  static CacheEntry with(@Nullable CacheEntry entry, StoredResponse added) {
    if (entry == null) {
      return new CacheEntry(List.of(added));
    }
    List<StoredResponse> variants = new ArrayList<>(entry.variants.size() + 1);
    variants.add(added);
    for (StoredResponse old : entry.variants) {
      // A resource that varies no more, or by other fields, has no use for its former answers.
      boolean kept =
          old.vary().names().equals(added.vary().names()) && !old.vary().sameRequests(added.vary());
      if (kept && variants.size() < MOST_VARIANTS) {
        variants.add(old);
      }
    }
    return new CacheEntry(List.copyOf(variants));
  }

  /** With another one in a variant's place, or none; null when nothing is left. */
  @Nullable CacheEntry replacing(StoredResponse old, @Nullable StoredResponse other) {
    List<StoredResponse> left = new ArrayList<>(variants.size());
    for (StoredResponse variant : variants) {
      if (variant != old) {
        left.add(variant);
      } else if (other != null) {
        left.add(other);
      }
    }
    return left.isEmpty() ? null : new CacheEntry(List.copyOf(left));
  }

  /** Whether a variant has this very body. */
  boolean hasBody(Body body) {
    return variants.stream().anyMatch(variant -> variant.body() == body);
  }

  int weight(String key) {
    int weight = OWN_WEIGHT + key.length();
    for (StoredResponse variant : variants) {
      weight += variant.weight();
    }
    return weight;
  }
}
