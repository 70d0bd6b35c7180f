package io.millrace.cdn.cache;

import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.store.GrowingObject;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A response that is too large for memory: it goes to disk as it comes, and from there to all who
 * want it. The origin is held back while the disk is behind. Confined to the fetch's loop, save for
 * {@link #sendTo}.
 */
final class GrowingResponse {

  private final GrowingObject object;
  private final StoredResponse form;
  private @Nullable OriginCall heldBack;

  private GrowingResponse(GrowingObject object, StoredResponse form) {
    this.object = object;
    this.form = form;
  }

  /**
   * Begins one.
   *
   * @param form all of it but the body
   * @param loop of the fetch
   * @return null when there is no disk tier that takes it
   */
  static @Nullable GrowingResponse begin(
      ResponseStore store,
      String key,
      StoredResponse form,
      long length,
      long askedNanos,
      EventLoop loop) {
    GrowingObject object = store.begin(key, form, length, askedNanos);
    if (object == null) {
      return null;
    }
    GrowingResponse growing = new GrowingResponse(object, form);
    object.watch(() -> loop.execute(growing::regulate));
    return growing;
  }

  /**
   * Sends it to a client from its start; called on the exchange's loop.
   *
   * @return false when it is not for this request, or has failed; nothing is sent then
   */
  boolean sendTo(Exchange exchange, Outcome outcome) {
    if (object.isFailed() || !form.vary().matches(exchange.request().fields())) {
      return false;
    }
    new GrowingReader(exchange, object).start(form.head(), outcome);
    return true;
  }

  /**
   * Takes a piece of the body over.
   *
   * @param from what brings it
   */
  void append(ByteBuf piece, OriginCall from) {
    object.append(piece);
    if (object.isFull() && heldBack == null) {
      heldBack = from;
      from.pause();
      // The disk may have caught up since.
      regulate();
    }
  }

  private void regulate() {
    OriginCall call = heldBack;
    if (call != null && !object.isFull()) {
      heldBack = null;
      call.resume();
    }
  }

  /** The body has ended. */
  void end() {
    object.end();
  }

  /** The body will not be whole. */
  void abort() {
    object.abort();
  }
}
