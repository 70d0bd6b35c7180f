package io.millrace.console.management;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.channel.ChannelStatus;
import io.millrace.amqp.channel.ConsumerStatus;
import io.millrace.amqp.connection.ConnectionStatus;
import io.millrace.amqp.connection.EncryptionStatus;
import io.millrace.broker.queue.QueueConsumer.Activity;
import java.util.Locale;

/** Connections, channels and consumers as RabbitMQ shows them. */
final class ConnectionDocuments {

  private final ManagementSources sources;
  private final Sampler sampler;

  ConnectionDocuments(ManagementSources sources, Sampler sampler) {
    this.sources = sources;
    this.sampler = sampler;
  }

  ObjectNode of(Call call, ConnectionStatus connection) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", connection.name());
    document.put("node", sources.nodeName());
    document.put("type", "network");
    document.put("protocol", "AMQP 0-9-1");
    document.put("state", connection.state());
    document.put("vhost", connection.virtualHost());
    document.put("user", connection.user());
    document.put("user_who_performed_action", connection.user());
    document.put("auth_mechanism", connection.mechanism());
    document.put("host", connection.host());
    document.put("port", connection.port());
    document.put("peer_host", connection.peerHost());
    document.put("peer_port", connection.peerPort());
    document.put("ssl", connection.encrypted());
    EncryptionStatus encryption = connection.encryption();
    document.put("ssl_protocol", encryption.protocol());
    document.put("ssl_key_exchange", encryption.keyExchange());
    document.put("ssl_cipher", encryption.cipher());
    document.put("ssl_hash", encryption.hash());
    document.put("peer_cert_subject", encryption.peerSubject());
    document.put("peer_cert_issuer", encryption.peerIssuer());
    document.put("peer_cert_validity", encryption.peerValidity());
    document.put("channels", connection.channels().size());
    document.put("channel_max", connection.channelMax());
    document.put("frame_max", connection.frameMax());
    document.put("timeout", connection.heartbeatSeconds());
    document.put("connected_at", connection.connectedMillis());
    document.set("client_properties", Tables.json(connection.clientProperties()));
    document.put("recv_cnt", connection.framesIn());
    document.put("send_cnt", connection.sends());
    document.put("send_pend", 0);
    new Details(sampler, call)
        .add(
            document,
            Metrics.OCTETS,
            new long[] {connection.bytesIn(), connection.bytesOut()},
            0,
            Subject.connection(connection.name()),
            "data_rates");
    return document;
  }

  ObjectNode of(Call call, ConnectionStatus connection, ChannelStatus channel) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", connection.name() + " (" + channel.number() + ")");
    document.put("number", channel.number());
    document.put("node", sources.nodeName());
    document.put("vhost", connection.virtualHost());
    document.put("user", connection.user());
    document.put("user_who_performed_action", connection.user());
    document.put("state", connection.state());
    document.put("confirm", channel.confirms());
    document.put("transactional", channel.transactional());
    document.put("consumer_count", channel.consumers().size());
    document.put("prefetch_count", channel.prefetch());
    document.put("global_prefetch_count", channel.globalPrefetch());
    document.put("messages_unacknowledged", channel.unacknowledged());
    document.put("messages_unconfirmed", channel.unconfirmed());
    document.put("messages_uncommitted", channel.uncommitted());
    document.put("acks_uncommitted", channel.uncommittedAcks());
    document
        .putObject("connection_details")
        .put("name", connection.name())
        .put("peer_host", connection.peerHost())
        .put("peer_port", connection.peerPort());
    new Details(sampler, call)
        .add(
            document.putObject("message_stats"),
            Metrics.STATS,
            Metrics.of(channel.counts()),
            0,
            Subject.channel(connection.name(), channel.number()),
            "msg_rates");
    return document;
  }

  /** A consumer with its channel. */
  static ObjectNode of(
      ConnectionStatus connection, ChannelStatus channel, ConsumerStatus consumer, String node) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("consumer_tag", consumer.tag());
    document.put("ack_required", consumer.acknowledges());
    document.put("exclusive", consumer.exclusive());
    document.put("active", consumer.activity() != Activity.WAITING);
    document.put("activity_status", consumer.activity().name().toLowerCase(Locale.ROOT));
    document.put("prefetch_count", consumer.prefetch());
    document.set("arguments", Tables.json(consumer.arguments()));
    document
        .putObject("queue")
        .put("name", consumer.queue())
        .put("vhost", connection.virtualHost());
    document
        .putObject("channel_details")
        .put("connection_name", connection.name())
        .put("name", connection.name() + " (" + channel.number() + ")")
        .put("node", node)
        .put("number", channel.number())
        .put("peer_host", connection.peerHost())
        .put("peer_port", connection.peerPort())
        .put("user", connection.user());
    return document;
  }
}
