package io.millrace.cdn.cache;

import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A response that is collected in memory until it is complete: all of it, or what was missing of
 * one of which parts are stored. Confined to the fetch's loop.
 */
final class CollectedResponse {

  private static final int NO_LENGTH_BYTES = 1024;
  private static final int FIRST_BYTES = 64 * 1024;

  private final ResponseHead head;
  private final @Nullable PartialResponse parts;
  private final int mostBytes;
  private final ByteBuf collected;

  private CollectedResponse(
      ResponseHead head, @Nullable PartialResponse parts, int mostBytes, long claimed) {
    this.head = head;
    this.parts = parts;
    this.mostBytes = mostBytes;
    // What the origin claims is believed up to a little; more is allocated as it comes.
    this.collected = Unpooled.buffer(Math.clamp(claimed, 0, FIRST_BYTES));
  }

  /**
   * All of it.
   *
   * @param mostBytes of the body that are collected
   */
  static CollectedResponse whole(ResponseHead head, int mostBytes) {
    String length = head.fields().first("content-length");
    long claimed = length == null ? NO_LENGTH_BYTES : ByteRange.number(length);
    return new CollectedResponse(head, null, mostBytes, claimed);
  }

  /**
   * What is missing of a response.
   *
   * @param parts of it that are stored
   * @param head of the whole, as it is with what the origin brings now
   * @param mostBytes of the body that are collected
   */
  static CollectedResponse missing(PartialResponse parts, ResponseHead head, int mostBytes) {
    return new CollectedResponse(head, parts, mostBytes, parts.missingBytes());
  }

  /** The head of the whole. */
  ResponseHead head() {
    return head;
  }

  /** Whether parts of it were stored. */
  boolean completesParts() {
    return parts != null;
  }

  /**
   * Takes a piece of the body over.
   *
   * @return false when that would be too much; the piece is then still the caller's
   */
  boolean add(ByteBuf piece) {
    if (collected.readableBytes() + piece.readableBytes() > mostBytes) {
      return false;
    }
    collected.writeBytes(piece);
    piece.release();
    return true;
  }

  /** What has been collected, which the caller takes over; nothing may be added any more. */
  ByteBuf collected() {
    return collected;
  }

  /** The body of the whole, or null when what came is not just what was missing. */
  byte @Nullable [] body() {
    byte[] bytes = ByteBufUtil.getBytes(collected);
    if (parts == null) {
      return bytes;
    }
    return bytes.length == parts.missingBytes() ? parts.completed(bytes) : null;
  }
}
