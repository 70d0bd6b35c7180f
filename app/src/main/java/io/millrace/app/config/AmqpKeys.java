package io.millrace.app.config;

import io.millrace.log.Durability;
import java.time.Duration;
import java.util.List;

/** The port of AMQP 0-9-1. */
public final class AmqpKeys {

  public static final Key<Integer> PORT =
      new Key<>("amqp.port", Kind.PORT, "5672", "Port of AMQP 0-9-1; 0 for any free one.");
  public static final Key<Integer> THREADS =
      new Key<>(
          "amqp.threads",
          Kind.count(0, 1024),
          "0",
          "Threads that read and write sockets; 0 for half the processors.");
  public static final Key<String> VIRTUAL_HOSTS =
      new Key<>(
          "amqp.virtual-hosts",
          Kind.TEXT,
          "/",
          "Names of virtual hosts that are made when they are not there, separated by commas.");
  public static final Key<Durability> DURABILITY =
      new Key<>(
          "amqp.durability",
          Kind.oneOf(Durability.class),
          "commit",
          "When a persistent message is confirmed: once the operating system has it (`os`), the"
              + " same with a force to disk each second (`interval`), or once it is forced to disk"
              + " (`commit`). For queues that are made from then on.");
  public static final Key<Long> MAX_MESSAGE_SIZE =
      new Key<>("amqp.max-message-size", Kind.bytesTo(512L << 20), "16MiB", "The longest message.");
  public static final Key<Long> FRAME_MAX =
      new Key<>(
          "amqp.frame-max",
          Kind.bytesTo(16L << 20),
          "128KiB",
          "The longest frame that is offered to clients; 4KiB at least.");
  public static final Key<Integer> CHANNEL_MAX =
      new Key<>(
          "amqp.channel-max",
          Kind.count(1, 65_535),
          "2047",
          "Most channels of a connection that are offered to clients.");
  public static final Key<Duration> HEARTBEAT =
      new Key<>(
          "amqp.heartbeat",
          Kind.DURATION,
          "60s",
          "Heartbeat that is offered to clients; one that is silent for two of them is closed.");
  public static final Key<Integer> MAX_CONNECTIONS =
      new Key<>(
          "amqp.max-connections",
          Kind.count(1, 10_000_000),
          "20000",
          "Open connections of clients; further ones are refused.");

  /** All of them, in the order of the page. */
  static final List<Key<?>> ALL =
      List.of(
          PORT,
          THREADS,
          VIRTUAL_HOSTS,
          DURABILITY,
          MAX_MESSAGE_SIZE,
          FRAME_MAX,
          CHANNEL_MAX,
          HEARTBEAT,
          MAX_CONNECTIONS);

  private AmqpKeys() {}
}
