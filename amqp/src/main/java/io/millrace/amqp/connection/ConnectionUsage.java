package io.millrace.amqp.connection;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections and channels users and virtual hosts have open, for their limits. Any
 * thread.
 */
public final class ConnectionUsage {

  private final Map<String, Integer> connectionsOfHost = new ConcurrentHashMap<>();
  private final Map<String, Integer> connectionsOfUser = new ConcurrentHashMap<>();
  private final Map<String, Integer> channelsOfUser = new ConcurrentHashMap<>();

  /**
   * Counts a connection.
   *
   * @throws AmqpException when it would be one too many
   */
  void connect(AccessImage image, String user, String virtualHost) {
    VirtualHostDefinition host = image.virtualHost(virtualHost);
    int mostOfHost = host == null ? -1 : host.limits().maxConnections();
    if (!take(connectionsOfHost, virtualHost, mostOfHost)) {
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED,
          "access to vhost '"
              + virtualHost
              + "' refused for user '"
              + user
              + "': connection limit ("
              + mostOfHost
              + ") is reached");
    }
    User known = image.user(user);
    int mostOfUser = known == null ? -1 : known.limits().maxConnections();
    if (!take(connectionsOfUser, user, mostOfUser)) {
      giveBack(connectionsOfHost, virtualHost);
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED,
          "connection refused for user '"
              + user
              + "': user connection limit ("
              + mostOfUser
              + ") is reached");
    }
  }

  /** A connection that was counted has ended. */
  void disconnect(String user, String virtualHost) {
    giveBack(connectionsOfHost, virtualHost);
    giveBack(connectionsOfUser, user);
  }

  /**
   * Counts a channel.
   *
   * @throws AmqpException when it would be one too many
   */
  void openChannel(AccessImage image, String user) {
    User known = image.user(user);
    int most = known == null ? -1 : known.limits().maxChannels();
    if (!take(channelsOfUser, user, most)) {
      throw new AmqpException(
          ReplyCode.NOT_ALLOWED,
          "number of channels opened for user '"
              + user
              + "' has reached the maximum allowed user limit of ("
              + most
              + ")");
    }
  }

  /** A channel that was counted has ended. */
  void closeChannel(String user) {
    giveBack(channelsOfUser, user);
  }

  private static boolean take(Map<String, Integer> counts, String name, int most) {
    boolean[] taken = {true};
    counts.compute(
        name,
        (key, present) -> {
          int count = present == null ? 0 : present;
          taken[0] = most < 0 || count < most;
          return taken[0] ? Integer.valueOf(count + 1) : present;
        });
    return taken[0];
  }

  private static void giveBack(Map<String, Integer> counts, String name) {
    counts.computeIfPresent(name, (key, count) -> count > 1 ? count - 1 : null);
  }
}
