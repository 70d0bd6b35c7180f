package io.millrace.cdn.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.millrace.core.Clock;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Counts what a client makes the edge do without asking for anything, window by window. Confined to
 * the connection's loop.
 */
public final class FrameBudget {

  private final Http2Limits limits;
  private final Clock clock;
  private long sinceNanos;
  private int resets;
  private int controlFrames;

  /** A full budget. */
  public FrameBudget(Http2Limits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
    this.sinceNanos = clock.nanos();
  }

  /**
   * A stream was reset, by the client or for what it sent.
   *
   * @throws Http2Exception that ends the connection when there were too many
   */
  public void countReset() throws Http2Exception {
    if (++resets > limits.maxResets()) {
      if (!startsWindow()) {
        throw Http2Exception.connectionError(
            ENHANCE_YOUR_CALM, "more than %d resets", limits.maxResets());
      }
      resets = 1;
    }
  }

  /**
   * A frame came that moves nothing.
   *
   * @throws Http2Exception that ends the connection when there were too many
   */
  public void countControlFrame() throws Http2Exception {
    if (++controlFrames > limits.maxControlFrames()) {
      if (!startsWindow()) {
        throw Http2Exception.connectionError(
            ENHANCE_YOUR_CALM, "more than %d control frames", limits.maxControlFrames());
      }
      controlFrames = 1;
    }
  }

  /** Whether the window is over, in which case the next one starts. The clock is seldom asked. */
  private boolean startsWindow() {
    long now = clock.nanos();
    if (now - sinceNanos < limits.window().toNanos()) {
      return false;
    }
    sinceNanos = now;
    resets = 0;
    controlFrames = 0;
    return true;
  }
}
