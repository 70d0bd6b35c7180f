package io.millrace.cdn.view;

import java.util.List;

/**
 * What was published together.
 *
 * @param first version of the first change
 * @param last version of the last change
 * @param events one for each version from {@code first} to {@code last}; or none, when nobody
 *     followed as they were published
 */
record EventBatch(long first, long last, List<LiveEvent> events) {

  void retain() {
    for (LiveEvent event : events) {
      event.bytes().retain();
    }
  }

  void release() {
    for (LiveEvent event : events) {
      event.bytes().release();
    }
  }
}
