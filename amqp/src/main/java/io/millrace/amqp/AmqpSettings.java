package io.millrace.amqp;

import io.millrace.broker.queue.MessagingSettings;
import io.millrace.core.SettingException;
import java.time.Duration;

/**
 * What the AMQP port can be told. Immutable.
 *
 * @param host address to listen on
 * @param port 0 for any free one
 * @param threads event loops; 0 for half the processors
 * @param security who may connect, and how
 * @param frameMax longest frame in bytes that is offered to clients, from 4096
 * @param channelMax most channels of a connection, from 1 to 65535
 * @param heartbeat that is offered to clients; zero for none
 * @param handshakeTimeout within which a client must have opened its virtual host
 * @param maxConnections further ones are refused
 * @param messaging the queues
 */
public record AmqpSettings(
    String host,
    int port,
    int threads,
    AmqpSecurity security,
    int frameMax,
    int channelMax,
    Duration heartbeat,
    Duration handshakeTimeout,
    int maxConnections,
    MessagingSettings messaging) {

  /** Checks the ranges. */
  public AmqpSettings {
    within("amqp.frame-max", frameMax, 4096, 1 << 24);
    within("amqp.channel-max", channelMax, 1, 65_535);
    within("amqp.heartbeat", heartbeat.toSeconds(), 0, 65_535);
    within("amqp.max-connections", maxConnections, 1, 10_000_000);
  }

  private static void within(String setting, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SettingException(setting, "is " + value, "from " + least + " to " + most);
    }
  }

  /** RabbitMQ's defaults, on this machine only. */
  public static AmqpSettings defaults() {
    return new AmqpSettings(
        "127.0.0.1",
        5672,
        0,
        AmqpSecurity.DEFAULT,
        131_072,
        2047,
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        20_000,
        MessagingSettings.defaults());
  }

  /** On another address. */
  public AmqpSettings listenOn(String otherHost, int otherPort) {
    return new AmqpSettings(
        otherHost,
        otherPort,
        threads,
        security,
        frameMax,
        channelMax,
        heartbeat,
        handshakeTimeout,
        maxConnections,
        messaging);
  }

  /** With other queues. */
  public AmqpSettings withMessaging(MessagingSettings other) {
    return new AmqpSettings(
        host,
        port,
        threads,
        security,
        frameMax,
        channelMax,
        heartbeat,
        handshakeTimeout,
        maxConnections,
        other);
  }

  /** With other rules for who may connect. */
  public AmqpSettings withSecurity(AmqpSecurity other) {
    return new AmqpSettings(
        host,
        port,
        threads,
        other,
        frameMax,
        channelMax,
        heartbeat,
        handshakeTimeout,
        maxConnections,
        messaging);
  }
}
