package io.millrace.cdn.origin;

import io.millrace.cdn.http.RequestTarget;
import org.jspecify.annotations.Nullable;

/** A source of responses. Called by any event loop. */
public interface Origin extends AutoCloseable {

  /**
   * Asks for a response. Never blocks, never throws: what goes wrong goes to the listener.
   *
   * @param listener called on {@link OriginRequest#loop} only, possibly before this returns
   */
  OriginCall fetch(OriginRequest request, ResponseListener listener);

  /**
   * The stream of events that a target stands for, or null when it is an ordinary resource.
   *
   * @return what a viewer of that target is subscribed to; once only
   */
  default @Nullable EventSource events(RequestTarget target) {
    return null;
  }

  /**
   * Asks for a switch to another protocol, on a connection of its own. As {@link #fetch} otherwise.
   *
   * @param protocol such as {@code websocket}, in lower case
   * @return null, with the listener told nothing, when this origin has nothing to switch to
   */
  default @Nullable OriginCall upgrade(
      OriginRequest request, String protocol, UpgradeListener listener) {
    return null;
  }

  /** Ends pooled connections and threads, if there are any. */
  @Override
  default void close() {}
}
