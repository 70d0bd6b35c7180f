package io.millrace.streams.operator;

/** What learns of event time. Called by the job's thread only. */
public interface WatermarkListener {

  /**
   * Learns how far event time has come. Never goes back; the same value may come again, after a
   * restart, and must then be passed on.
   */
  void watermark(long watermark);

  /**
   * Learns that the input has gone idle, so that its watermark holds nobody back, or that it came
   * back.
   */
  void idle(boolean idle);
}
