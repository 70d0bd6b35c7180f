package io.millrace.amqp.connection;

import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessImage;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;

/**
 * Tells open connections when a user or a virtual host has been deleted, which may be theirs. Run
 * after each change, on one thread; other changes cost the connections nothing.
 */
public final class AccessWatch implements Runnable {

  private final AccessStore access;
  private final ChannelGroup connections;
  private AccessImage last;

  /** Over connections that come and go. */
  public AccessWatch(AccessStore access, ChannelGroup connections) {
    this.access = access;
    this.connections = connections;
    this.last = access.image();
  }

  @Override
  public void run() {
    AccessImage now = access.image();
    boolean gone =
        last.users().stream().anyMatch(user -> now.user(user.name()) == null)
            || last.virtualHosts().stream().anyMatch(host -> now.virtualHost(host.name()) == null);
    last = now;
    if (!gone) {
      return;
    }
    for (Channel each : connections) {
      Connection connection = each.pipeline().get(Connection.class);
      if (connection != null) {
        connection.accessChanged();
      }
    }
  }
}
