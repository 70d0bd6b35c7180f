package io.millrace.amqp.channel;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Fields;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.amqp.wire.ReplyCode;
import io.millrace.broker.queue.MessageCounter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a connection: takes its frames, and knows which may come.
 *
 * <pre>
 *   open ──channel.close──→ gone
 *   open ──(an error of its own)──→ closing ──channel.close-ok──→ gone
 * </pre>
 *
 * <p>While it is closing all frames but the answer are passed over.
 */
public final class Channel {

  private final Peer peer;
  private final int number;
  private final MessageCounter counter = new MessageCounter();
  private final Publishing publishing;
  private final Acknowledgements acknowledgements;
  private final Deliveries deliveries;
  private final TopologyMethods topology;
  private @Nullable Confirms confirms;
  private @Nullable Transaction transaction;
  private boolean closing;
  private boolean ended;

  /** An open channel. */
  public Channel(Peer peer, int number, int maxMessageBytes) {
    this.peer = peer;
    this.number = number;
    publishing = new Publishing(peer, number, maxMessageBytes, counter);
    acknowledgements = new Acknowledgements(peer, number, counter);
    deliveries = new Deliveries(peer, number, counter, acknowledgements);
    topology = new TopologyMethods(peer, number);
  }

  /** Takes a content header. */
  public void header(ByteBuf in) {
    if (!closing) {
      publishing.header(in);
    }
  }

  /** Takes a piece of a body. */
  public void body(ByteBuf in) {
    if (!closing) {
      publishing.body(in);
    }
  }

  /**
   * Takes a method.
   *
   * @throws AmqpException for what may not be
   * @throws io.millrace.broker.exchange.TopologyException likewise
   */
  public void method(int method, ByteBuf in) {
    if (closing) {
      if (method == Methods.CHANNEL_CLOSE_OK) {
        peer.closed(number);
      } else if (method == Methods.CHANNEL_CLOSE) {
        Frames.emptyMethod(peer.out(), number, Methods.CHANNEL_CLOSE_OK);
        peer.closed(number);
      }
      return;
    }
    if (publishing.isOpen()) {
      throw new AmqpException(
          ReplyCode.UNEXPECTED_FRAME,
          "expected content header or body for class 60, got a method instead");
    }
    switch (method) {
      case Methods.BASIC_PUBLISH -> publishing.begin(in);
      case Methods.BASIC_ACK -> acknowledgements.acknowledge(in);
      case Methods.BASIC_NACK -> acknowledgements.negativeAcknowledge(in);
      case Methods.BASIC_REJECT -> acknowledgements.reject(in);
      default -> {
        // Others see all that was said before.
        flush();
        peer.publishes().flush();
        rare(method, in);
      }
    }
  }

  private void rare(int method, ByteBuf in) {
    switch (method) {
      case Methods.CHANNEL_OPEN ->
          throw new AmqpException(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
      case Methods.CHANNEL_FLOW -> flow(in);
      case Methods.CHANNEL_CLOSE -> {
        Frames.emptyMethod(peer.out(), number, Methods.CHANNEL_CLOSE_OK);
        end();
        peer.closed(number);
      }
      case Methods.EXCHANGE_DECLARE -> topology.declareExchange(in);
      case Methods.EXCHANGE_DELETE -> topology.deleteExchange(in);
      case Methods.EXCHANGE_BIND -> topology.bindExchange(in, true);
      case Methods.EXCHANGE_UNBIND -> topology.bindExchange(in, false);
      case Methods.QUEUE_DECLARE -> topology.declareQueue(in);
      case Methods.QUEUE_BIND -> topology.bindQueue(in);
      case Methods.QUEUE_UNBIND -> topology.unbindQueue(in);
      case Methods.QUEUE_PURGE -> topology.purgeQueue(in);
      case Methods.QUEUE_DELETE -> topology.deleteQueue(in);
      case Methods.BASIC_QOS -> deliveries.qos(in);
      case Methods.BASIC_CONSUME -> {
        deliveries.consume(in, topology.lastQueue());
        publishing.answerTo(deliveries.replyName());
      }
      case Methods.BASIC_CANCEL -> {
        deliveries.cancel(in);
        publishing.answerTo(deliveries.replyName());
      }
      case Methods.BASIC_CANCEL_OK -> {
        // The client has noticed that its queue has gone.
      }
      case Methods.BASIC_GET -> deliveries.get(in, topology.lastQueue());
      case Methods.BASIC_RECOVER -> acknowledgements.recover(in, true);
      case Methods.BASIC_RECOVER_ASYNC -> acknowledgements.recover(in, false);
      case Methods.CONFIRM_SELECT -> confirmSelect(in);
      case Methods.TX_SELECT -> transactionSelect();
      case Methods.TX_COMMIT -> commit();
      case Methods.TX_ROLLBACK -> {
        Transaction unused = checkTransaction();
        acknowledgements.rollBack();
        Frames.emptyMethod(peer.out(), number, Methods.TX_ROLLBACK_OK);
      }
      default ->
          throw new AmqpException(
              ReplyCode.COMMAND_INVALID,
              "no method "
                  + Methods.numberOf(method)
                  + " of class "
                  + Methods.classOf(method)
                  + " is expected in a channel");
    }
  }

  private void flow(ByteBuf in) {
    boolean active = (Fields.bits(in) & 1) != 0;
    if (!active) {
      throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "active=false");
    }
    ByteBuf out = peer.out();
    int frame = Frames.method(out, number, Methods.CHANNEL_FLOW_OK);
    out.writeByte(1);
    Frames.end(out, frame);
  }

  private void confirmSelect(ByteBuf in) {
    boolean quiet = (Fields.bits(in) & 1) != 0;
    if (transaction != null) {
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
    }
    if (confirms == null) {
      confirms = new Confirms(peer, number, counter);
      publishing.confirmBy(confirms);
    }
    if (!quiet) {
      Frames.emptyMethod(peer.out(), number, Methods.CONFIRM_SELECT_OK);
    }
  }

  private void transactionSelect() {
    if (confirms != null) {
      throw new AmqpException(
          ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
    }
    if (transaction == null) {
      transaction = new Transaction();
      publishing.holdBackIn(transaction);
      acknowledgements.holdBackIn(transaction);
    }
    Frames.emptyMethod(peer.out(), number, Methods.TX_SELECT_OK);
  }

  private Transaction checkTransaction() {
    Transaction open = transaction;
    if (open == null) {
      throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
    }
    return open;
  }

  private void commit() {
    var committed = checkTransaction().commit(publishing, acknowledgements);
    flush();
    peer.publishes().flush();
    peer.await(
        committed,
        number,
        Methods.TX_COMMIT,
        done -> Frames.emptyMethod(peer.out(), number, Methods.TX_COMMIT_OK));
  }

  /** Hands on what was gathered while frames were read. */
  public void flush() {
    acknowledgements.flush();
  }

  /** The socket takes more again. */
  public void resume() {
    if (!closing) {
      deliveries.resume();
    }
  }

  /** How it is now. */
  public ChannelStatus status() {
    Transaction open = transaction;
    Confirms tracker = confirms;
    return new ChannelStatus(
        number,
        tracker != null,
        open != null,
        deliveries.prefetch(),
        deliveries.globalPrefetch(),
        acknowledgements.unacknowledgedCount(),
        tracker == null ? 0 : tracker.unconfirmed(),
        open == null ? 0 : open.messageCount(),
        open == null ? 0 : open.settlementCount(),
        counter.counts(),
        deliveries.consumers());
  }

  /** Whether it only waits for the peer's last word. */
  public boolean isClosing() {
    return closing;
  }

  /** Closes the channel for an error; {@code method} is what the peer asked for. */
  public void fail(AmqpException error, int method) {
    if (closing) {
      return;
    }
    end();
    closing = true;
    ByteBuf out = peer.out();
    int frame = Frames.method(out, number, Methods.CHANNEL_CLOSE);
    out.writeShort(error.code().number());
    FieldWriter.shortText(out, error.replyText());
    out.writeShort(Methods.classOf(method)).writeShort(Methods.numberOf(method));
    Frames.end(out, frame);
  }

  /** Ends all that the channel does: its consumers go, and what they have goes back. */
  public void end() {
    if (confirms != null) {
      confirms.close();
    }
    deliveries.close();
    if (!ended) {
      ended = true;
      peer.host().channelEnded(counter.counts());
    }
  }
}
