package io.millrace.app.node;

import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.Bridge;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.SettingException;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * An exchange and a topic that are connected from the start.
 *
 * @param virtualHost of the exchange
 */
public record BridgeSettings(String virtualHost, Bridge bridge) {

  private static final int USUAL_PARTITIONS = -1;

  /**
   * Makes what is not there: topic, exchange, binding.
   *
   * @throws SettingException when it cannot be
   */
  void build(Messaging messaging, Topics topics) {
    VirtualHost host = messaging.find(virtualHost);
    if (host == null) {
      throw new SettingException(
          "amqp.bridges[].virtual-host", "is " + virtualHost, "one of amqp.virtual-hosts");
    }
    try {
      if (topics.find(bridge.topic()) == null) {
        var unused =
            topics
                .create(new NewTopic(bridge.topic(), USUAL_PARTITIONS, Map.of()))
                .toCompletableFuture()
                .join();
      }
      host.bridge(bridge).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw refused(e.getCause() == null ? e : e.getCause());
    } catch (TopologyException | BrokerException e) {
      throw refused(e);
    }
  }

  private SettingException refused(Throwable cause) {
    return new SettingException(
        "amqp.bridges[]",
        "connects "
            + bridge.exchange()
            + " with "
            + bridge.topic()
            + ", which is refused ("
            + cause.getMessage()
            + ")",
        "an exchange and a topic that can be");
  }
}
