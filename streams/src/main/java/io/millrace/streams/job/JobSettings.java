package io.millrace.streams.job;

import io.millrace.core.SettingException;
import io.millrace.streams.connector.NodeAddresses;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a job runs. Immutable; a node has its defaults, and a job's SET options change them.
 *
 * @param checkpointInterval an epoch ends at least this often while rows come: 1 ms or more (SET
 *     {@code execution.checkpointing.interval})
 * @param visitBytes bytes read from a partition before the next one has its turn: 1 KiB to 16 MiB
 * @param maxOutputBytes an epoch ends when this much output waits: 1 KiB or more (SET {@code
 *     millrace.output.max-bytes})
 * @param maxStateBytes a job whose state takes more memory fails: 1 KiB or more (SET {@code
 *     millrace.state.max-bytes})
 * @param failedRows what to do with a row for which an expression has no value (SET {@code
 *     millrace.row-errors})
 * @param start whether to go on from the checkpoint of that name (SET {@code millrace.start})
 * @param addresses under which Kafka clients reach this node
 * @param printTo where the print connector writes
 * @param parallelism how many threads read and decode each topic, at most one for a partition: 1 to
 *     64 (SET {@code parallelism.default}); with 1 the job's own thread does
 */
public record JobSettings(
    Duration checkpointInterval,
    int visitBytes,
    long maxOutputBytes,
    long maxStateBytes,
    FailedRow failedRows,
    Start start,
    NodeAddresses addresses,
    PrintStream printTo,
    int parallelism) {

  /** The setting with the time after which state that no time bounds is forgotten. */
  public static final String STATE_TTL = "table.exec.state.ttl";

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*([a-z]*)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([a-z]*)");
  private static final int LEAST_BYTES = 1024;
  private static final int MOST_THREADS = 64;
  private static final int LARGEST_VISIT_BYTES = 16 * 1024 * 1024;

  /** What to do with a row for which an expression has no value, such as a division by zero. */
  public enum FailedRow {
    /** The job fails, naming the record. */
    FAIL,
    /** The row is dropped and counted. */
    SKIP
  }

  /** Where a job begins. */
  public enum Start {
    /** At its checkpoint, when there is one of the same plan that did not finish. */
    RESUME,
    /** At the sources' startup mode, without state. */
    FRESH
  }

  /** Checks the ranges. */
  public JobSettings {
    if (checkpointInterval.toMillis() < 1) {
      throw new SettingException(
          "execution.checkpointing.interval", "is " + checkpointInterval, "1 ms or more");
    }
    if (visitBytes < LEAST_BYTES || visitBytes > LARGEST_VISIT_BYTES) {
      throw new SettingException(
          "visitBytes", "is " + visitBytes, LEAST_BYTES + " to " + LARGEST_VISIT_BYTES);
    }
    if (parallelism < 1 || parallelism > MOST_THREADS) {
      throw new SettingException(
          "parallelism.default", "is " + parallelism, "1 to " + MOST_THREADS);
    }
    atLeast("millrace.output.max-bytes", maxOutputBytes);
    atLeast("millrace.state.max-bytes", maxStateBytes);
  }

  private static void atLeast(String name, long bytes) {
    if (bytes < LEAST_BYTES) {
      throw new SettingException(name, "is " + bytes, LEAST_BYTES + " bytes or more");
    }
  }

  /** Epochs of 100 ms, 16 MiB of output, 256 MiB of state; rows that fail stop the job. */
  public static JobSettings defaults() {
    return new JobSettings(
        Duration.ofMillis(100),
        256 * 1024,
        16L << 20,
        256L << 20,
        FailedRow.FAIL,
        Start.RESUME,
        NodeAddresses.LOOPBACK_ONLY,
        System.out,
        1);
  }

  /**
   * With a job's SET options; those that are not about running a job are left alone.
   *
   * @throws SettingException for a value that cannot be used
   */
  public JobSettings with(Map<String, String> options) {
    JobSettings settings = this;
    for (Map.Entry<String, String> option : options.entrySet()) {
      settings = settings.with(option.getKey(), option.getValue());
    }
    return settings;
  }

  private JobSettings with(String name, String value) {
    return switch (name) {
      case "execution.checkpointing.interval" -> withCheckpointInterval(duration(name, value));
      case "millrace.output.max-bytes" -> withMaxOutputBytes(bytes(name, value));
      case "millrace.state.max-bytes" -> withMaxStateBytes(bytes(name, value));
      case "millrace.row-errors" -> withFailedRows(oneOf(FailedRow.class, name, value));
      case "millrace.start" -> withStart(oneOf(Start.class, name, value));
      case "parallelism.default" -> withParallelism(threads(name, value));
      default -> this;
    };
  }

  /**
   * How long state that no time bounds is kept after its last change (SET {@code
   * table.exec.state.ttl}); zero, unless set, is for ever.
   *
   * @throws SettingException for a value that cannot be used
   */
  public static Duration stateTtl(Map<String, String> options) {
    String value = options.get(STATE_TTL);
    return value == null ? Duration.ZERO : duration(STATE_TTL, value);
  }

  private static int threads(String name, String value) {
    try {
      return Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw new SettingException(name, "is '" + value + "'", "1 to " + MOST_THREADS);
    }
  }

  /** With another number of threads that read. */
  public JobSettings withParallelism(int threads) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        start,
        addresses,
        printTo,
        threads);
  }

  /** With another least frequency of epochs. */
  public JobSettings withCheckpointInterval(Duration interval) {
    return new JobSettings(
        interval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        start,
        addresses,
        printTo,
        parallelism);
  }

  /** With another size of a visit to a partition. */
  public JobSettings withVisitBytes(int bytes) {
    return new JobSettings(
        checkpointInterval,
        bytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        start,
        addresses,
        printTo,
        parallelism);
  }

  /** With another bound on output that waits. */
  public JobSettings withMaxOutputBytes(long bytes) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        bytes,
        maxStateBytes,
        failedRows,
        start,
        addresses,
        printTo,
        parallelism);
  }

  /** With another bound on state. */
  public JobSettings withMaxStateBytes(long bytes) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        bytes,
        failedRows,
        start,
        addresses,
        printTo,
        parallelism);
  }

  /** With another answer to rows that fail. */
  public JobSettings withFailedRows(FailedRow answer) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        answer,
        start,
        addresses,
        printTo,
        parallelism);
  }

  /** With another beginning. */
  public JobSettings withStart(Start beginning) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        beginning,
        addresses,
        printTo,
        parallelism);
  }

  /**
   * With the addresses under which Kafka clients reach this node.
   *
   * @param hostPorts such as {@code localhost:9092}
   */
  public JobSettings withAddresses(Set<String> hostPorts) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        start,
        new NodeAddresses(hostPorts),
        printTo,
        parallelism);
  }

  /** With another place for the print connector's lines. */
  public JobSettings withPrintTo(PrintStream stream) {
    return new JobSettings(
        checkpointInterval,
        visitBytes,
        maxOutputBytes,
        maxStateBytes,
        failedRows,
        start,
        addresses,
        stream,
        parallelism);
  }

  private static Duration duration(String name, String value) {
    Matcher matcher = DURATION.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      switch (matcher.group(2)) {
        case "", "ms", "milli", "millis", "millisecond", "milliseconds" -> {
          return Duration.ofMillis(number);
        }
        case "s", "sec", "secs", "second", "seconds" -> {
          return Duration.ofSeconds(number);
        }
        case "m", "min", "minute", "minutes" -> {
          return Duration.ofMinutes(number);
        }
        case "h", "hour", "hours" -> {
          return Duration.ofHours(number);
        }
        case "d", "day", "days" -> {
          return Duration.ofDays(number);
        }
        default -> {}
      }
    }
    throw new SettingException(
        name, "is '" + value + "'", "a number with ms, s, min, h or d, such as '100 ms'");
  }

  private static long bytes(String name, String value) {
    Matcher matcher = SIZE.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      switch (matcher.group(2)) {
        case "", "b", "bytes" -> {
          return number;
        }
        case "k", "kb" -> {
          return number << 10;
        }
        case "m", "mb" -> {
          return number << 20;
        }
        case "g", "gb" -> {
          return number << 30;
        }
        default -> {}
      }
    }
    throw new SettingException(
        name, "is '" + value + "'", "a number with b, kb, mb or gb, such as '256 mb'");
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String name, String value) {
    StringBuilder allowed = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value.strip())) {
        return constant;
      }
      allowed
          .append(allowed.isEmpty() ? "" : " or ")
          .append(constant.name().toLowerCase(Locale.ROOT));
    }
    throw new SettingException(name, "is '" + value + "'", allowed.toString());
  }
}
