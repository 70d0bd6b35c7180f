package io.millrace.kafka;

import io.millrace.broker.Broker;
import io.millrace.kafka.control.NodeIdentity;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told about this node; complete only once the port is open. Any thread may ask.
 */
final class BoundIdentity {

  private static final String NODE_CLUSTER_ID = "millrace-single-node00";
  private static final int NODE_ID = 1;

  private final KafkaSettings settings;
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile @Nullable NodeIdentity identity;

  BoundIdentity(Broker broker, KafkaSettings settings) {
    this.settings = settings;
  }

  /** The port is open. */
  NodeIdentity opened(InetSocketAddress address) {
    int port = settings.advertisedPort() != 0 ? settings.advertisedPort() : address.getPort();
    NodeIdentity complete = new NodeIdentity(NODE_CLUSTER_ID, NODE_ID, host(address), port);
    identity = complete;
    known.countDown();
    return complete;
  }

  private String host(InetSocketAddress address) {
    String advertised = settings.advertisedHost();
    if (advertised != null) {
      return advertised;
    }
    return address.getAddress().isAnyLocalAddress() ? "localhost" : settings.host();
  }

  /** The identity; a client that comes between opening and knowing waits that moment. */
  NodeIdentity now() {
    NodeIdentity present = identity;
    if (present != null) {
      return present;
    }
    try {
      known.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    present = identity;
    if (present == null) {
      throw new IllegalStateException("the port is not open yet");
    }
    return present;
  }
}
