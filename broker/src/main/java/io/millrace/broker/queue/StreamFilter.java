package io.millrace.broker.queue;

import io.millrace.log.batch.RecordCursor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a stream a consumer wants: those whose header {@code x-stream-filter-value} is
 * one of {@code x-stream-filter}, and with {@code x-stream-match-unfiltered} those without the
 * header. RabbitMQ answers with whole chunks that may hold such records; here no other ones come.
 *
 * @param wanted null for all records
 */
record StreamFilter(@Nullable Set<String> wanted, boolean unfiltered) {

  /** Leaves nothing out. */
  static final StreamFilter ALL = new StreamFilter(null, true);

  private static final String VALUE = "x-stream-filter-value";

  static StreamFilter of(Map<String, Object> arguments, String where) {
    Object given = arguments.get("x-stream-filter");
    if (given == null) {
      return ALL;
    }
    ArgumentReading reading = new ArgumentReading(arguments, where);
    Set<String> wanted = new HashSet<>();
    switch (given) {
      case String text -> wanted.add(text);
      case List<?> list -> {
        for (Object each : list) {
          if (each instanceof String text) {
            wanted.add(text);
          }
        }
      }
      default -> throw reading.refused("x-stream-filter", "is neither a text nor a list of texts");
    }
    return new StreamFilter(Set.copyOf(wanted), reading.truth("x-stream-match-unfiltered"));
  }

  /** Whether the consumer gets the record on which the cursor stands. */
  boolean matches(RecordCursor record) {
    if (wanted == null) {
      return true;
    }
    String value = MessageRecordCodec.header(record, VALUE);
    return value == null ? unfiltered : wanted.contains(value);
  }
}
