package io.millrace.kafka.consistency;

import io.millrace.kafka.net.RawClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Readable;
import org.jspecify.annotations.Nullable;

/** A client's connection in Kafka's protocol, made anew whenever it has ended. One thread. */
final class NodeLink implements AutoCloseable {

  private final Node node;
  private @Nullable RawClient connection;
  private int sent;
  private int received;

  /** Reads an answer, as the constructors of Kafka's messages do. */
  interface Decoder<R> {
    R decode(Readable in, short version);
  }

  NodeLink(Node node) {
    this.node = node;
  }

  /** Asks and waits for the answer; after a failure the next call uses a new connection. */
  <R> R call(ApiKeys api, int version, ApiMessage request, Decoder<R> decoder) throws IOException {
    send(api, version, request);
    return receive(api, version, decoder);
  }

  /** Asks, to {@link #receive} later what answers it, in the order of the requests. */
  void send(ApiKeys api, int version, ApiMessage request) throws IOException {
    try {
      RawClient open = connection;
      if (open == null) {
        open = new RawClient(node.port());
        connection = open;
        sent = 0;
        received = 0;
      }
      open.send(RawClient.frame(api, (short) version, sent++, request));
    } catch (IOException e) {
      reset();
      throw e;
    }
  }

  <R> R receive(ApiKeys api, int version, Decoder<R> decoder) throws IOException {
    RawClient open = connection;
    if (open == null) {
      throw new IOException("not connected");
    }
    try {
      return decoder.decode(open.answer(api, (short) version, received++), (short) version);
    } catch (IOException e) {
      reset();
      throw e;
    }
  }

  /** The last request is one that is never answered. */
  void expectNoAnswer() {
    received++;
  }

  /** Drops the connection, with all that is unanswered, and gives the node a moment. */
  void reset() {
    RawClient open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is of no use any more.
      }
    }
    pause();
  }

  /** What a client waits before it tries again. */
  static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
  }

  @Override
  public void close() {
    reset();
  }
}
