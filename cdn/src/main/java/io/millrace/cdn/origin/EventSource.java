package io.millrace.cdn.origin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A stream of Server-Sent Events (WHATWG HTML, section 9.2) as one viewer follows it. However many
 * follow the same, each event is encoded once; all are given the same bytes.
 */
public interface EventSource {

  /**
   * Subscribes a viewer; called on its loop, and the viewer is only ever called there.
   *
   * @param lastEventId the id of the last event that the viewer saw before, or null: what came
   *     after it is sent first, or the present state when that cannot be told
   * @return ends the subscription; to be called on the same loop
   */
  Runnable subscribe(Viewer viewer, @Nullable String lastEventId);

  /**
   * The Access-Control-Allow-Origin of its stream, or null for none: whose pages may follow it.
   *
   * @param origin the Origin of the request, or null
   */
  default @Nullable String allowedOrigin(@Nullable String origin) {
    return "*";
  }

  /** Somebody who follows. */
  interface Viewer {

    /** The event loop it lives on. */
    EventLoop loop();

    /**
     * Takes one or more whole events.
     *
     * @param events this viewer's own reference: it must be released
     * @param count how many events these are
     * @return false when the viewer has too much unread already: the events were not taken, and
     *     once it has caught up it asks for {@link EventSource#latest}
     */
    boolean offer(ByteBuf events, int count);

    /** Takes one event. */
    default boolean offer(ByteBuf event) {
      return offer(event, 1);
    }

    /** Sends what was offered since the last call. */
    void flush();

    /** The stream is over: its client will connect again, and find what has taken its place. */
    void end();
  }

  /**
   * The present state as an event, for a viewer that fell behind; its own reference. Called on the
   * viewer's loop.
   */
  ByteBuf latest();
}
