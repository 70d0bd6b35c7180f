package io.millrace.streams.connector;

/** Which record the job is at, for messages. Changed and read by the job's thread only. */
public final class RecordPosition {

  private String topic = "";
  private int partition;
  private long offset = -1;

  void set(String topic, int partition, long offset) {
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
  }

  long offset() {
    return offset;
  }

  void clear() {
    offset = -1;
  }

  /** Such as {@code topic flights, partition 3, offset 4711}. */
  @Override
  public String toString() {
    return offset < 0
        ? "a row that is not of a single record"
        : "topic " + topic + ", partition " + partition + ", offset " + offset;
  }
}
