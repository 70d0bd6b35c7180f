package io.millrace.amqp.channel;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.access.Right;
import io.millrace.broker.exchange.Exchange;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.TopologyEntry.Binding;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.queue.MessageQueue;
import io.millrace.broker.queue.QueueDeclaration;
import io.millrace.broker.queue.VirtualHost;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The classes exchange and queue: declare, bind, purge, delete. */
final class TopologyMethods {

  private static final int PASSIVE = 1;
  private static final int DURABLE = 2;

  private final Peer peer;
  private final int channel;

  /** The queue that was declared last, which an empty name stands for. */
  private String lastQueue = "";

  TopologyMethods(Peer peer, int channel) {
    this.peer = peer;
    this.channel = channel;
  }

  String lastQueue() {
    return lastQueue;
  }

  private String named(String queue) {
    if (!queue.isEmpty()) {
      return queue;
    }
    if (lastQueue.isEmpty()) {
      throw new AmqpException(ReplyCode.NOT_FOUND, "no previously declared queue");
    }
    return lastQueue;
  }

  // ---- exchange ----

  void declareExchange(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String name = Fields.shortText(in);
    String label = Fields.shortText(in);
    int bits = Fields.bits(in);
    Map<String, Object> arguments = Fields.table(in);
    boolean quiet = (bits & 16) != 0;
    if ((bits & PASSIVE) != 0) {
      if (!name.isEmpty()) {
        Exchange found = peer.host().exchangeOrRefuse(name);
        assert found != null;
      }
      answer(quiet, Methods.EXCHANGE_DECLARE_OK);
      return;
    }
    if (name.isEmpty()) {
      throw new AmqpException(
          ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    ExchangeType type = ExchangeType.of(label);
    if (type == null) {
      throw AmqpException.ofConnection(
          ReplyCode.COMMAND_INVALID, "unknown exchange type '" + label + "'");
    }
    peer.rights().checkExchange(Right.CONFIGURE, name);
    if (peer.host().exchange(name) == null
        && arguments.get("alternate-exchange") instanceof String alternate) {
      peer.rights().checkExchange(Right.READ, name);
      peer.rights().checkExchange(Right.WRITE, alternate);
    }
    ExchangeDefinition definition =
        new ExchangeDefinition(
            peer.host().name(),
            name,
            type,
            (bits & DURABLE) != 0,
            (bits & 4) != 0,
            (bits & 8) != 0,
            arguments);
    await(
        peer.host().declareExchange(definition),
        Methods.EXCHANGE_DECLARE,
        quiet,
        Methods.EXCHANGE_DECLARE_OK);
  }

  void deleteExchange(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String name = Fields.shortText(in);
    int bits = Fields.bits(in);
    if (name.isEmpty()) {
      throw new AmqpException(
          ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    peer.rights().checkExchange(Right.CONFIGURE, name);
    await(
        peer.host().deleteExchange(name, (bits & 1) != 0),
        Methods.EXCHANGE_DELETE,
        (bits & 2) != 0,
        Methods.EXCHANGE_DELETE_OK);
  }

  void bindExchange(ByteBuf in, boolean bind) {
    int unused = Fields.unsignedShort(in);
    String destination = Fields.shortText(in);
    String source = Fields.shortText(in);
    String routingKey = Fields.shortText(in);
    boolean quiet = (Fields.bits(in) & 1) != 0;
    Map<String, Object> arguments = Fields.table(in);
    if (destination.isEmpty()) {
      throw new AmqpException(
          ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
    }
    peer.rights().checkExchange(Right.WRITE, destination);
    checkSource(source, routingKey);
    Binding binding =
        new Binding(peer.host().name(), source, true, destination, routingKey, arguments);
    if (bind) {
      await(
          peer.host().bind(binding, peer.owner()),
          Methods.EXCHANGE_BIND,
          quiet,
          Methods.EXCHANGE_BIND_OK);
    } else {
      await(
          peer.host().unbind(binding, peer.owner()),
          Methods.EXCHANGE_UNBIND,
          quiet,
          Methods.EXCHANGE_UNBIND_OK);
    }
  }

  // ---- queue ----

  void declareQueue(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String name = Fields.shortText(in);
    int bits = Fields.bits(in);
    Map<String, Object> arguments = Fields.table(in);
    boolean quiet = (bits & 16) != 0;
    CompletionStage<MessageQueue> queue;
    if ((bits & PASSIVE) != 0) {
      queue =
          CompletableFuture.completedStage(peer.host().queueOrRefuse(named(name), peer.owner()));
    } else {
      boolean chosen = name.isEmpty();
      String whole = chosen ? VirtualHost.newQueueName() : name;
      checkQueueDeclaration(whole, arguments);
      QueueDeclaration declaration =
          new QueueDeclaration(
              peer.host().name(),
              whole,
              (bits & DURABLE) != 0,
              (bits & 4) != 0 ? peer.owner() : null,
              (bits & 8) != 0,
              arguments);
      queue = peer.host().declareQueue(declaration, chosen);
    }
    CompletionStage<Declared> declared =
        queue.thenCompose(
            made -> {
              CompletableFuture<Declared> known = new CompletableFuture<>();
              made.status(count -> known.complete(new Declared(made, count)));
              return known;
            });
    peer.await(
        declared,
        channel,
        Methods.QUEUE_DECLARE,
        made -> {
          lastQueue = made.queue.name();
          if (!quiet) {
            ByteBuf out = peer.out();
            int frame = Frames.method(out, channel, Methods.QUEUE_DECLARE_OK);
            FieldWriter.shortText(out, lastQueue);
            out.writeInt((int) Math.min(Integer.MAX_VALUE, made.messages));
            out.writeInt(made.queue.consumerCount());
            Frames.end(out, frame);
          }
        });
  }

  /** A queue that sends its dead letters on is read from, and what they go to is written to. */
  private void checkQueueDeclaration(String name, Map<String, Object> arguments) {
    peer.rights().checkQueue(Right.CONFIGURE, name);
    if (peer.host().queue(name) == null
        && arguments.get("x-dead-letter-exchange") instanceof String deadLetters) {
      peer.rights().checkQueue(Right.READ, name);
      peer.rights().checkExchange(Right.WRITE, deadLetters);
    }
  }

  /** What is bound to an exchange reads from it. */
  private void checkSource(String exchange, String routingKey) {
    peer.rights().checkExchange(Right.READ, exchange);
    Exchange source = peer.host().exchange(exchange);
    if (source != null) {
      peer.rights().checkTopic(Right.READ, source, routingKey);
    }
  }

  /** A queue and how many messages wait in it. */
  private record Declared(MessageQueue queue, long messages) {}

  void bindQueue(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String queue = named(Fields.shortText(in));
    String exchange = Fields.shortText(in);
    String routingKey = Fields.shortText(in);
    boolean quiet = (Fields.bits(in) & 1) != 0;
    Map<String, Object> arguments = Fields.table(in);
    peer.rights().checkQueue(Right.WRITE, queue);
    checkSource(exchange, routingKey);
    Binding binding =
        new Binding(peer.host().name(), exchange, false, queue, routingKey, arguments);
    await(
        peer.host().bind(binding, peer.owner()), Methods.QUEUE_BIND, quiet, Methods.QUEUE_BIND_OK);
  }

  void unbindQueue(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String queue = named(Fields.shortText(in));
    String exchange = Fields.shortText(in);
    String routingKey = Fields.shortText(in);
    Map<String, Object> arguments = Fields.table(in);
    peer.rights().checkQueue(Right.WRITE, queue);
    checkSource(exchange, routingKey);
    Binding binding =
        new Binding(peer.host().name(), exchange, false, queue, routingKey, arguments);
    await(
        peer.host().unbind(binding, peer.owner()),
        Methods.QUEUE_UNBIND,
        false,
        Methods.QUEUE_UNBIND_OK);
  }

  void purgeQueue(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String name = named(Fields.shortText(in));
    boolean quiet = (Fields.bits(in) & 1) != 0;
    peer.rights().checkQueue(Right.READ, name);
    CompletableFuture<Long> purged = new CompletableFuture<>();
    peer.host().queueOrRefuse(name, peer.owner()).purge(purged::complete);
    counted(purged, Methods.QUEUE_PURGE, quiet, Methods.QUEUE_PURGE_OK);
  }

  void deleteQueue(ByteBuf in) {
    int unused = Fields.unsignedShort(in);
    String name = named(Fields.shortText(in));
    int bits = Fields.bits(in);
    peer.rights().checkQueue(Right.CONFIGURE, name);
    counted(
        peer.host().deleteQueue(name, (bits & 1) != 0, (bits & 2) != 0, peer.owner()),
        Methods.QUEUE_DELETE,
        (bits & 4) != 0,
        Methods.QUEUE_DELETE_OK);
  }

  // ---- answers ----

  private void counted(CompletionStage<Long> stage, int method, boolean quiet, int answer) {
    peer.await(
        stage,
        channel,
        method,
        count -> {
          if (!quiet) {
            ByteBuf out = peer.out();
            int frame = Frames.method(out, channel, answer);
            out.writeInt((int) Math.min(Integer.MAX_VALUE, count));
            Frames.end(out, frame);
          }
        });
  }

  private void await(CompletionStage<Void> stage, int method, boolean quiet, int answer) {
    peer.await(stage, channel, method, done -> answer(quiet, answer));
  }

  private void answer(boolean quiet, int method) {
    if (!quiet) {
      Frames.emptyMethod(peer.out(), channel, method);
    }
  }
}
