package io.millrace.amqp.connection;

import java.time.Duration;

/**
 * What a connection may do.
 *
 * @param frameMax longest frame in bytes, offered to clients
 * @param channelMax most channels, offered to clients
 * @param heartbeat offered to clients, who may choose another; zero for none
 * @param handshakeTimeout within which a client must have opened its virtual host
 * @param maxConnections further ones are refused
 * @param maxMessageBytes longest body
 */
public record ConnectionLimits(
    int frameMax,
    int channelMax,
    Duration heartbeat,
    Duration handshakeTimeout,
    int maxConnections,
    int maxMessageBytes) {

  /** The shortest frame that every peer must take (AMQP 0-9-1, 4.2.3). */
  public static final int LEAST_FRAME_MAX = 4096;
}
