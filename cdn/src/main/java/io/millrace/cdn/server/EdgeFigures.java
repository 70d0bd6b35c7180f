package io.millrace.cdn.server;

import java.util.concurrent.atomic.LongAdder;

/** What the connections have done since the edge was started. Any thread may count and read. */
public final class EdgeFigures {

  /** Requests whose head was understood. */
  public final LongAdder requests = new LongAdder();

  /** Requests refused as malformed, too large, too slow or not allowed. */
  public final LongAdder refused = new LongAdder();

  /** Connections accepted. */
  public final LongAdder connections = new LongAdder();

  /** Connections turned away because there were too many. */
  public final LongAdder connectionsRefused = new LongAdder();

  /** Connections closed because the client was too slow, in sending or in reading. */
  public final LongAdder tooSlow = new LongAdder();

  /** Connections that spoke HTTP/2. */
  public final LongAdder http2Connections = new LongAdder();

  /** Requests that came by HTTP/2. */
  public final LongAdder http2Requests = new LongAdder();

  /** HTTP/2 connections closed because of a flood: of resets, control frames, or field lines. */
  public final LongAdder http2Floods = new LongAdder();

  /** TLS handshakes that succeeded. */
  public final LongAdder handshakes = new LongAdder();

  /** TLS handshakes that failed, or did not end in time. */
  public final LongAdder handshakesFailed = new LongAdder();

  /** Bytes given to sockets, heads and events included. */
  public final LongAdder bytesSent = new LongAdder();

  /** Viewers of events that ever came. */
  public final LongAdder viewers = new LongAdder();

  /** Viewers that went. */
  public final LongAdder viewersGone = new LongAdder();

  /** Events delivered to viewers: one event that 100 viewers get counts 100. */
  public final LongAdder eventsDelivered = new LongAdder();

  /** Events that viewers missed since they read too slowly. */
  public final LongAdder eventsSkipped = new LongAdder();

  /** Viewers dropped since they stayed behind too long. */
  public final LongAdder viewersDropped = new LongAdder();

  /** Viewers there are. */
  public long viewersNow() {
    return viewers.sum() - viewersGone.sum();
  }
}
