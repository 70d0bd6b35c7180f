package io.millrace.cdn.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Takes new connections in. */
@ChannelHandler.Sharable
public final class EdgeAcceptor extends ChannelInitializer<Channel> {

  private final EdgeContext edge;
  private final ChannelGroup connections;
  private final ConcurrentMap<EventLoop, LoopConnections> loops = new ConcurrentHashMap<>();

  /**
   * For the connections of one edge.
   *
   * @param connections gets all that are open, to be closed with the edge
   */
  public EdgeAcceptor(EdgeContext edge, ChannelGroup connections) {
    this.edge = edge;
    this.connections = connections;
  }

  @Override
  protected void initChannel(Channel channel) {
    connections.add(channel);
    LoopConnections siblings =
        loops.computeIfAbsent(channel.eventLoop(), loop -> new LoopConnections(loop, edge.clock()));
    channel.pipeline().addLast(new EdgeConnection(edge, siblings, channel));
  }
}
