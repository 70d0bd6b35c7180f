package io.millrace.broker.queue;

import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.topic.Partition;
import io.millrace.core.Clock;
import io.millrace.log.LogSlice;
import java.time.Instant;
import java.util.Map;

/**
 * A place in a stream, such as that where a consumer begins: what {@code x-stream-offset} can say.
 */
public sealed interface StreamOffset {

  /** The name of the argument, and of the header that deliveries carry. */
  String ARGUMENT = "x-stream-offset";

  /** The first record that there is. */
  record First() implements StreamOffset {}

  /** The first record of the batch that was written last. */
  record Last() implements StreamOffset {}

  /** The next record that is written. */
  record Next() implements StreamOffset {}

  /** That record, or the nearest end of the stream when there is none. */
  record At(long offset) implements StreamOffset {}

  /** The first record of that time or a later one, in milliseconds since 1970. */
  record Since(long millis) implements StreamOffset {}

  /**
   * Reads the argument; without one a consumer begins at the next record.
   *
   * @param where the consumer, for the refusal
   * @throws TopologyException with {@code PRECONDITION_FAILED} when it is none
   */
  static StreamOffset of(Map<String, Object> arguments, String where, Clock clock) {
    ArgumentReading reading = new ArgumentReading(arguments, where);
    return switch (arguments.get(ARGUMENT)) {
      case null -> new Next();
      case Instant time -> new Since(time.toEpochMilli());
      case String text ->
          switch (text) {
            case "first" -> new First();
            case "last" -> new Last();
            case "next" -> new Next();
            default -> new Since(clock.millis() - reading.age(ARGUMENT, text));
          };
      default -> new At(reading.number(ARGUMENT, 0, Long.MAX_VALUE));
    };
  }

  /** The offset that it means now. */
  default long in(Partition partition) {
    long start = partition.startOffset();
    long end = Math.max(start, partition.lastStableOffset());
    return switch (this) {
      case First unused -> start;
      case Next unused -> end;
      case Last unused -> lastBatch(partition, start, end);
      case At at -> Math.clamp(at.offset(), start, end);
      case Since since ->
          partition
              .firstAtOrAfter(since.millis())
              .map(found -> Math.clamp(found.offset(), start, end))
              .orElse(end);
    };
  }

  private static long lastBatch(Partition partition, long start, long end) {
    if (end == start) {
      return end;
    }
    try (LogSlice slice = partition.readBefore(end - 1, 1, end)) {
      return slice.length() == 0 ? end : Math.clamp(slice.baseOffset(), start, end);
    }
  }
}
