package io.millrace.kafka.control;

import io.millrace.kafka.net.Listener;

/**
 * What clients are told about this node.
 *
 * @param clusterId of the cluster that it makes up
 * @param nodeId its number in it
 * @param host the name or address under which clients reach it
 * @param port the port there
 */
public record NodeIdentity(String clusterId, int nodeId, String host, int port) {

  /** The same node for a client that came through that port. */
  NodeIdentity at(Listener.Address address) {
    return new NodeIdentity(clusterId, nodeId, address.host(), address.port());
  }
}
