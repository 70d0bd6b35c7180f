package io.millrace.amqp.connection;

import io.millrace.amqp.channel.ChannelStatus;
import java.util.List;
import java.util.Map;

/**
 * A connection as it was at one moment.
 *
 * @param name both ends: {@code 127.0.0.1:40000 -> 127.0.0.1:5672}
 * @param state {@code starting}, {@code running}, {@code blocked} or {@code closing}
 * @param user empty until it is known
 * @param virtualHost empty until one is opened
 * @param mechanism by which the user was authenticated
 * @param encryption how it is encrypted
 * @param heartbeatSeconds 0 for none
 * @param clientProperties what the client says of itself
 * @param connectedMillis since the Unix epoch
 * @param bytesIn read from the socket
 * @param bytesOut written to it
 * @param framesIn whole ones that were read
 * @param sends how often bytes were handed to the socket
 */
public record ConnectionStatus(
    String name,
    String peerHost,
    int peerPort,
    String host,
    int port,
    String state,
    String user,
    String virtualHost,
    String mechanism,
    EncryptionStatus encryption,
    int channelMax,
    int frameMax,
    long heartbeatSeconds,
    Map<String, Object> clientProperties,
    long connectedMillis,
    long bytesIn,
    long bytesOut,
    long framesIn,
    long sends,
    List<ChannelStatus> channels) {

  /** Whether it is of TLS. */
  public boolean encrypted() {
    return !encryption.protocol().isEmpty();
  }

  /** Copies the list. */
  public ConnectionStatus {
    channels = List.copyOf(channels);
  }
}
