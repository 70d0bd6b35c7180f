package io.millrace.streams.operator;

import java.util.ArrayList;
import java.util.List;

/**
 * The common watermark of several inputs: the least of those that are not idle; while all are idle
 * it stays where it is. Tells a stage when it may have advanced.
 */
final class InputWatermarks {

  private final Stage target;
  private final List<Input> inputs = new ArrayList<>();
  private long watermark = Stage.NO_WATERMARK;
  private boolean idle;

  private static final class Input {
    private long watermark = Stage.NO_WATERMARK;
    private boolean idle;
  }

  /**
   * @param target whose {@code watermark} and {@code idle} are called
   */
  InputWatermarks(Stage target) {
    this.target = target;
  }

  /** One more input; returns its number, from 0. */
  int add() {
    inputs.add(new Input());
    return inputs.size() - 1;
  }

  void watermark(int input, long watermark) {
    inputs.get(input).watermark = watermark;
    advance();
  }

  void idle(int input, boolean idle) {
    inputs.get(input).idle = idle;
    advance();
  }

  private void advance() {
    long least = Stage.END_OF_TIME;
    boolean allIdle = true;
    for (Input input : inputs) {
      if (!input.idle) {
        allIdle = false;
        least = Math.min(least, input.watermark);
      }
    }
    if (allIdle != idle) {
      idle = allIdle;
      target.idle(idle);
    }
    if (!allIdle && least >= watermark && least != Stage.NO_WATERMARK) {
      watermark = least;
      target.watermark(watermark);
    }
  }
}
