package io.millrace.kafka.control;

import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.wire.ErrorCodes;
import io.millrace.kafka.wire.MalformedRequestException;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Readable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a request by its schema, gives it to the code that answers it, and encodes what that
 * answers.
 *
 * @param <Q> the request's generated class
 */
final class MessageHandler<Q extends ApiMessage> implements ApiHandler {

  private static final Logger LOG = LoggerFactory.getLogger(MessageHandler.class);

  /** Reads a request of a version. */
  @FunctionalInterface
  interface Decoder<Q> {
    Q decode(Readable in, short version);
  }

  /** Answers a request, now or later; refusals are part of the answer, a failure is a bug. */
  @FunctionalInterface
  interface Answerer<Q> {
    CompletionStage<? extends ApiMessage> answer(Q request, Caller caller);
  }

  private final Decoder<Q> decoder;
  private final Answerer<Q> answerer;

  MessageHandler(Decoder<Q> decoder, Answerer<Q> answerer) {
    this.decoder = decoder;
    this.answerer = answerer;
  }

  @Override
  public void handle(Exchange exchange) {
    Connection connection = exchange.connection();
    Caller caller =
        new Caller(
            exchange.version(),
            exchange.clientId(),
            connection.clientHost(),
            connection.clientPort(),
            connection.software(),
            connection.listener().advertised(),
            connection.access(),
            exchange.bill());
    Q request = decode(exchange);
    exchange.releaseBody();
    CompletionStage<?> unused =
        answerer
            .answer(request, caller)
            .whenComplete(
                (response, failure) -> {
                  if (response != null) {
                    answer(response, exchange);
                  } else {
                    giveUp(exchange, ErrorCodes.cause(failure));
                  }
                });
  }

  private static void answer(ApiMessage response, Exchange exchange) {
    ByteBuf frame;
    try {
      int throttleMillis = exchange.chargeTime();
      if (throttleMillis > 0) {
        ThrottleTime.set(response, throttleMillis);
      }
      frame = encode(response, exchange);
    } catch (RuntimeException e) {
      // The version asked for cannot say what the answer says.
      giveUp(exchange, e);
      return;
    }
    exchange.answer(frame);
  }

  private static void giveUp(Exchange exchange, Throwable failure) {
    LOG.error("{} version {} failed", exchange.api().name(), exchange.version(), failure);
    exchange.closeConnection();
  }

  private Q decode(Exchange exchange) {
    try {
      return decoder.decode(
          new ByteBufferAccessor(exchange.body().nioBuffer()), exchange.version());
    } catch (RuntimeException e) {
      // The generated readers throw whatever comes first: underflow, bad lengths, bad counts.
      throw new MalformedRequestException(String.valueOf(e.getMessage()));
    }
  }

  static ByteBuf encode(ApiMessage response, Exchange exchange) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    int size = response.size(cache, exchange.version());
    return encode(response, exchange, exchange.version(), cache, size);
  }

  /** In another version than the one asked for. */
  static ByteBuf encode(ApiMessage response, Exchange exchange, short version) {
    ObjectSerializationCache cache = new ObjectSerializationCache();
    return encode(response, exchange, version, cache, response.size(cache, version));
  }

  private static ByteBuf encode(
      ApiMessage response,
      Exchange exchange,
      short version,
      ObjectSerializationCache cache,
      int size) {
    ByteBuf frame = exchange.startAnswer(size);
    frame.ensureWritable(size);
    int start = frame.writerIndex();
    try {
      response.write(new ByteBufferAccessor(frame.nioBuffer(start, size)), cache, version);
    } catch (RuntimeException e) {
      frame.release();
      throw e;
    }
    return frame.writerIndex(start + size);
  }
}
