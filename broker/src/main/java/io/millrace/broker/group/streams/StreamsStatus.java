package io.millrace.broker.group.streams;

/**
 * Something that a member should know about its group.
 *
 * @param detail a sentence
 */
public record StreamsStatus(Code code, String detail) {

  /** What it is about; the codes are those of Kafka's StreamsGroupHeartbeat. */
  public enum Code {
    /** The member's topology is older than the group's. */
    STALE_TOPOLOGY(0),
    MISSING_SOURCE_TOPICS(1),
    INCORRECTLY_PARTITIONED_TOPICS(2),
    MISSING_INTERNAL_TOPICS(3),
    /** A member has asked all to shut down. */
    SHUTDOWN_APPLICATION(4),
    /** Tasks are shared out a little later. */
    ASSIGNMENT_DELAYED(5),
    /** A member lacks a tag by which standby tasks are to be spread. */
    MISSING_CLIENT_TAGS(6);

    private final byte code;

    Code(int code) {
      this.code = (byte) code;
    }

    /** Its number in the protocol. */
    public byte code() {
      return code;
    }
  }
}
