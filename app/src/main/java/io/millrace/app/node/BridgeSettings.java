package io.millrace.app.node;

import io.millrace.app.config.AmqpBridgeKeys;
import io.millrace.app.config.Configuration;
import io.millrace.broker.BrokerException;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.Bridge;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topics;
import io.millrace.core.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * An exchange and a topic that are connected from the start.
 *
 * @param virtualHost of the exchange
 */
public record BridgeSettings(String virtualHost, Bridge bridge) {

  private static final int USUAL_PARTITIONS = -1;

  static List<BridgeSettings> of(Configuration configuration) {
    List<BridgeSettings> bridges = new ArrayList<>();
    for (Configuration each : configuration.list(AmqpBridgeKeys.LIST)) {
      String label = each.get(AmqpBridgeKeys.TYPE);
      ExchangeType type = ExchangeType.of(label);
      if (type == null || type == ExchangeType.DELAYED) {
        throw new SettingException(
            AmqpBridgeKeys.TYPE.path(), "is \"" + label + "\"", "direct, fanout, topic or headers");
      }
      bridges.add(
          new BridgeSettings(
              each.get(AmqpBridgeKeys.VIRTUAL_HOST),
              new Bridge(
                  each.require(AmqpBridgeKeys.EXCHANGE),
                  type,
                  each.require(AmqpBridgeKeys.TOPIC),
                  each.get(AmqpBridgeKeys.DIRECTION) == AmqpBridgeKeys.Direction.TO_TOPIC,
                  each.get(AmqpBridgeKeys.ROUTING_KEY))));
    }
    return bridges;
  }

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
