package io.millrace.kafka.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the connections count, for whoever publishes it. Any thread may read. */
public final class KafkaMetrics {

  private static final int API_KEYS = 128;

  final AtomicInteger connections = new AtomicInteger();
  final LongAdder connectionsAccepted = new LongAdder();
  final LongAdder connectionsRefused = new LongAdder();
  final LongAdder closedForBadFrame = new LongAdder();
  final LongAdder closedForUnknownApi = new LongAdder();
  final LongAdder closedIdle = new LongAdder();
  final LongAdder closedUnauthenticated = new LongAdder();
  final LongAdder failedHandshakes = new LongAdder();
  final LongAdder authentications = new LongAdder();
  final LongAdder failedAuthentications = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder throttled = new LongAdder();
  final LongAdder failures = new LongAdder();
  private final LongAdder[] requests = new LongAdder[API_KEYS];

  /** All at zero. */
  public KafkaMetrics() {
    for (int i = 0; i < API_KEYS; i++) {
      requests[i] = new LongAdder();
    }
  }

  void request(Api api) {
    requests[api.key()].increment();
  }

  /** Connections open now. */
  public int connections() {
    return connections.get();
  }

  /** Connections ever accepted. */
  public long connectionsAccepted() {
    return connectionsAccepted.sum();
  }

  /** Connections closed at once because too many were open. */
  public long connectionsRefused() {
    return connectionsRefused.sum();
  }

  /** Connections closed because a frame was too long or no request. */
  public long closedForBadFrame() {
    return closedForBadFrame.sum();
  }

  /** Connections closed because they asked for an API, or a version of one, that is not served. */
  public long closedForUnknownApi() {
    return closedForUnknownApi.sum();
  }

  /** Connections closed because nothing came, or a request stopped half-way. */
  public long closedIdle() {
    return closedIdle.sum();
  }

  /** Connections closed because they asked for something before authentication, or too late. */
  public long closedUnauthenticated() {
    return closedUnauthenticated.sum();
  }

  /** Handshakes of TLS that failed. */
  public long failedHandshakes() {
    return failedHandshakes.sum();
  }

  /** SASL authentications that succeeded, repeated ones included. */
  public long authentications() {
    return authentications.sum();
  }

  /** SASL authentications that failed. */
  public long failedAuthentications() {
    return failedAuthentications.sum();
  }

  /** A SASL authentication has ended. */
  public void authenticated(boolean succeeded) {
    (succeeded ? authentications : failedAuthentications).increment();
  }

  /** Bytes read from sockets, after decryption. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Bytes of answers given to sockets. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  /** How often a socket was left unread because its client, or the node, had too much in flight. */
  public long throttled() {
    return throttled.sum();
  }

  /** Requests that failed for a reason inside the node. */
  public long failures() {
    return failures.sum();
  }

  /** Requests of the API with that number. */
  public long requests(int apiKey) {
    return apiKey >= 0 && apiKey < API_KEYS ? requests[apiKey].sum() : 0;
  }
}
