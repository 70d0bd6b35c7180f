package io.millrace.cdn.view;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A view's audiences, one for each event loop that has ever had a viewer. Any thread. */
final class LiveStreams {

  private final ViewState state;
  private final ViewFigures figures;
  private final int mostReplayed;
  private final Runnable roomAgain;
  private final ConcurrentMap<EventLoop, Audience> audiences = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param roomAgain called when a loop that had too much waiting takes batches again
   */
  LiveStreams(ViewState state, ViewFigures figures, int mostReplayed, Runnable roomAgain) {
    this.state = state;
    this.figures = figures;
    this.mostReplayed = mostReplayed;
    this.roomAgain = roomAgain;
  }

  ViewState state() {
    return state;
  }

  /** The audience of a loop; called on that loop. */
  Audience audienceOf(EventLoop loop) {
    Audience audience = audiences.get(loop);
    if (audience == null) {
      audience = new Audience(loop, state, figures, mostReplayed, roomAgain);
      audiences.put(loop, audience);
      audience.open();
      if (closed) {
        audience.close();
      }
    }
    return audience;
  }

  boolean isEmpty() {
    return audiences.isEmpty();
  }

  boolean isFull() {
    for (Audience audience : audiences.values()) {
      if (audience.isFull()) {
        return true;
      }
    }
    return false;
  }

  /** Hands a batch to all audiences, and lets go of it. Called by the reader. */
  void post(EventBatch batch) {
    for (Audience audience : audiences.values()) {
      audience.post(batch);
    }
    batch.release();
  }

  void close() {
    closed = true;
    audiences.values().forEach(Audience::close);
  }
}
