package io.millrace.amqp.channel;

import io.millrace.broker.queue.MessageCounts;
import java.util.List;

/**
 * A channel as it was at one moment.
 *
 * @param number in its connection
 * @param confirms whether its messages are confirmed
 * @param transactional whether they wait for a commit
 * @param prefetch of each consumer that begins from now on; 0 for any number
 * @param globalPrefetch of all its consumers together; 0 for any number
 * @param unacknowledged messages that its client has and has not acknowledged
 * @param unconfirmed messages whose publisher waits for a confirm
 * @param uncommitted messages that wait for a commit
 * @param uncommittedAcks acknowledgements that wait for a commit
 * @param counts of messages since it was opened
 */
public record ChannelStatus(
    int number,
    boolean confirms,
    boolean transactional,
    int prefetch,
    int globalPrefetch,
    int unacknowledged,
    long unconfirmed,
    int uncommitted,
    int uncommittedAcks,
    MessageCounts counts,
    List<ConsumerStatus> consumers) {

  /** Copies the list. */
  public ChannelStatus {
    consumers = List.copyOf(consumers);
  }
}
