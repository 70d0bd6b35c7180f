package io.millrace.cdn.server;

import io.millrace.cdn.cache.Outcome;
import io.millrace.cdn.cache.StoredResponse;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HopByHop;
import io.millrace.cdn.http2.HpackWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Writes the head of an answer as a field block (RFC 9113, section 8.3.2). A connection has one,
 * for one head after the other, since each is written and sent in one go; confined to its loop.
 */
final class Http2HeadWriter implements HeadWriter {

  private static final byte[] TTL = "; ttl=".getBytes(StandardCharsets.US_ASCII);
  private static final int CACHE_STATUS_VALUE = "Cache-Status: ".length();

  private ByteBuf block = Unpooled.EMPTY_BUFFER;
  private int status;

  /** Begins a head, and takes the buffer over that it is written to. */
  Http2HeadWriter begin(ByteBuf into) {
    block = into;
    return this;
  }

  /** The status of the head that was written last. */
  int status() {
    return status;
  }

  /** Ends the head; its block is the caller's from here on. */
  ByteBuf end() {
    ByteBuf written = block;
    block = Unpooled.EMPTY_BUFFER;
    return written;
  }

  @Override
  public void status(int newStatus, String reason) {
    status = newStatus;
    HpackWriter.status(newStatus, block);
  }

  @Override
  public void stored(StoredResponse response) {
    status = response.head().status();
    block.writeBytes(response.fieldBlock());
  }

  @Override
  public void line(Fields fields, int line) {
    if (!HopByHop.is(fields, line)) {
      HpackWriter.line(fields, line, block);
    }
  }

  @Override
  public void field(String name, String value) {
    HpackWriter.field(name, value, block);
  }

  @Override
  public void number(String name, long value) {
    HpackWriter.number(name, value, block);
  }

  @Override
  public void cacheStatus(Outcome outcome) {
    HpackWriter.field("cache-status", outcome.line(), CACHE_STATUS_VALUE, block);
  }

  @Override
  public void cacheStatus(Outcome outcome, long ttlSeconds) {
    HpackWriter.field("cache-status", outcome.line(), CACHE_STATUS_VALUE, TTL, ttlSeconds, block);
  }

  @Override
  public void undelimited() {
    // A frame says which data is the last.
  }

  @Override
  public void endless() {
    // The connection goes on for others.
  }
}
