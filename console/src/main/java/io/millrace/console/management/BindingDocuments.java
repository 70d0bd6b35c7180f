package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.exchange.TopologyCodec;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.VirtualHost;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Bindings as RabbitMQ shows and names them. */
final class BindingDocuments {

  private BindingDocuments() {}

  /** All of a host, those of the default exchange included. */
  static List<Binding> of(VirtualHost host) {
    List<Binding> all = new ArrayList<>(host.allBindings());
    for (MessageQueue queue : host.queues()) {
      all.add(new Binding(host.name(), "", false, queue.name(), queue.name(), Map.of()));
    }
    return all;
  }

  static ObjectNode json(Binding binding) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("source", binding.source());
    document.put("vhost", binding.virtualHost());
    document.put("destination", binding.destination());
    document.put("destination_type", binding.toExchange() ? "exchange" : "queue");
    document.put("routing_key", binding.routingKey());
    document.set("arguments", Tables.json(binding.arguments()));
    document.put("properties_key", propertiesKey(binding));
    return document;
  }

  /**
   * What tells a binding from others between the same two: its routing key, and a hash of its
   * arguments when it has any; {@code ~} when it has neither.
   */
  static String propertiesKey(Binding binding) {
    String key = quoted(binding.routingKey());
    if (binding.arguments().isEmpty()) {
      return key.isEmpty() ? "~" : key;
    }
    CRC32C hash = new CRC32C();
    Binding sorted = new Binding("", "", false, "", "", new TreeMap<>(binding.arguments()));
    hash.update(TopologyCodec.key(sorted));
    byte[] bytes = ByteBuffer.allocate(4).putInt((int) hash.getValue()).array();
    return key + "~" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** As in the query of an address, and without the tilde that ends it. */
  private static String quoted(String key) {
    StringBuilder quoted = new StringBuilder();
    for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (each & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '-'
              || c == '_';
      if (plain) {
        quoted.append(c);
      } else if (c == ' ') {
        quoted.append('+');
      } else {
        quoted.append('%').append(String.format("%02X", (int) c));
      }
    }
    return quoted.toString();
  }
}
