package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.channel.ConsumerStatus;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.amqp.connection.OpenConnection;
import io.millrace.broker.policy.EffectivePolicy;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.QueueFigures;
import io.millrace.broker.queue.VirtualHost;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Queues and their consumers as RabbitMQ shows them. */
final class QueueDocuments {

  private static final long PATIENCE_SECONDS = 5;

  private final ManagementSources sources;
  private final Sampler sampler;

  QueueDocuments(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  /** A queue, as it stands in lists. */
  ObjectNode of(Call call, VirtualHost host, MessageQueue queue) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", queue.name());
    document.put("vhost", host.name());
    document.put("durable", queue.declaration().durable());
    document.put("auto_delete", queue.declaration().autoDelete());
    document.put("exclusive", queue.declaration().owner() != null);
    document.set("arguments", Tables.json(queue.declaration().arguments()));
    document.put("type", type(queue));
    document.put("node", sources.nodeName());
    document.put("state", "running");
    EffectivePolicy policy = host.policyOf(queue);
    document.put("policy", policy.policy());
    document.put("operator_policy", policy.operatorPolicy());
    document.set("effective_policy_definition", Tables.json(policy.definition()));
    if (queue.declaration().owner() instanceof OpenConnection owner) {
      document.putObject("owner_pid_details").put("name", owner.name());
    }
    if (!call.isSet("disable_stats")) {
      figures(call, host, queue, document);
    }
    return document;
  }

  /** {@code classic}, {@code quorum} or {@code stream}. */
  static String type(MessageQueue queue) {
    Object type = queue.declaration().arguments().get("x-queue-type");
    return type instanceof String text ? text : "classic";
  }

  private void figures(Call call, VirtualHost host, MessageQueue queue, ObjectNode document) {
    long[] values = Metrics.of(queue);
    Subject subject = Subject.queue(host.name(), queue.name());
    Details details = new Details(sampler, call);
    details.add(document, Metrics.LENGTHS, values, Metrics.STATS.size(), subject, "lengths");
    details.add(
        document.putObject("message_stats"), Metrics.STATS, values, 0, subject, "msg_rates");
    document.put("consumers", queue.consumerCount());
    document.put("memory", queue.heapBytes());
    String type = type(queue);
    if (!type.equals("classic")) {
      document.putArray("members").add(sources.nodeName());
      document.putArray("online").add(sources.nodeName());
    }
    if (type.equals("stream")) {
      document.putObject("readers").put(sources.nodeName(), queue.consumerCount());
      return;
    }
    document.put("single_active_consumer_tag", queue.singleActiveConsumerTag());
    if (type.equals("quorum")) {
      document.put("single_active_consumer_ctag", queue.singleActiveConsumerTag());
      document.put("leader", sources.nodeName());
    } else {
      document.putNull("recoverable_slaves");
    }
    document.put("exclusive_consumer_tag", queue.exclusiveConsumerTag());
    document.put("message_bytes_ready", queue.readyBytes());
    QueueFigures figures = ask(queue);
    if (figures != null) {
      places(queue, figures, document);
    }
  }

  private static void places(MessageQueue queue, QueueFigures figures, ObjectNode document) {
    document.put("message_bytes", queue.readyBytes() + figures.out().bytes());
    document.put("message_bytes_unacknowledged", figures.out().bytes());
    QueueFigures.Sum inMemory = figures.readyInMemory().plus(figures.outInMemory());
    document.put("messages_ram", inMemory.messages());
    document.put("message_bytes_ram", inMemory.bytes());
    document.put("messages_ready_ram", figures.readyInMemory().messages());
    document.put("messages_unacknowledged_ram", figures.outInMemory().messages());
    put(document, "persistent", figures.persistent());
    put(document, "paged_out", figures.pagedOut());
    put(document, "dlx", figures.deadLetters());
    document.put("head_message_timestamp", figures.headTimestampSeconds());
  }

  private static void put(ObjectNode document, String name, QueueFigures.Sum sum) {
    document.put("messages_" + name, sum.messages());
    document.put("message_bytes_" + name, sum.bytes());
  }

  /** Where the messages are; null when the queue is too busy to say. */
  private static @Nullable QueueFigures ask(MessageQueue queue) {
    CompletableFuture<QueueFigures> told = new CompletableFuture<>();
    queue.figures(told::complete);
    return told.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** The consumers of a queue. */
  static ArrayNode consumersOf(
      VirtualHost host, MessageQueue queue, List<ConnectionStatus> connections, String node) {
    ArrayNode consumers = JsonNodeFactory.instance.arrayNode();
    for (ConnectionStatus connection : connections) {
      if (connection.virtualHost().equals(host.name())) {
        for (ChannelStatus channel : connection.channels()) {
          for (ConsumerStatus consumer : channel.consumers()) {
            if (consumer.queue().equals(queue.name())) {
              consumers.add(ConnectionDocuments.of(connection, channel, consumer, node));
            }
          }
        }
      }
    }
    return consumers;
  }
}
