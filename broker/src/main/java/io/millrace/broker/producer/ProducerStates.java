package io.millrace.broker.producer;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.log.AppendInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of one partition. Confined to the partition's mailbox.
 *
 * <p>A batch is checked before it is written and remembered after. The outcomes, by producer epoch
 * and sequence number:
 *
 * <pre>
 *   epoch older than known                    INVALID_PRODUCER_EPOCH
 *   epoch newer than known, sequence 0        new
 *   epoch newer than known, other sequence    OUT_OF_ORDER_SEQUENCE
 *   the very batch is remembered              its first outcome again
 *   follows the last sequence                 new
 *   older than all batches remembered         DUPLICATE_SEQUENCE (clients take it for success)
 *   anything else                             OUT_OF_ORDER_SEQUENCE
 *   producer not known, sequence 0            new
 *   producer not known, other sequence        new if any producer was forgotten here before
 *                                             (KIP-360), else UNKNOWN_PRODUCER
 * </pre>
 *
 * <p>The last line is stricter than Kafka, which takes any sequence from a producer it does not
 * know: there, a second batch in flight is stored before the first one that was refused. Clients
 * answer UNKNOWN_PRODUCER with a new epoch and the same records, in order.
 */
public final class ProducerStates {

  /** When full, this share of the producers is forgotten at once, to make the search worth it. */
  private static final int FORGET_SHARE = 10;

  private final int maxProducers;
  private final long expiryMillis;
  private final Map<Long, ProducerEntry> entries = new HashMap<>();
  private @Nullable ProducerEntry latest;
  private boolean forgotSome;

  /**
   * @param maxProducers from 1; beyond it those silent for longest are forgotten
   * @param expiryMillis those silent for longer are forgotten by {@link #expire}
   */
  public ProducerStates(int maxProducers, long expiryMillis) {
    this.maxProducers = maxProducers;
    this.expiryMillis = expiryMillis;
  }

  /**
   * Checks a batch that is about to be written.
   *
   * @return null when it is new, else where it went when it came first
   * @throws BrokerException when it must not be written
   */
  public @Nullable AppendInfo check(
      long producerId, short epoch, int firstSequence, int lastSequence) {
    if (firstSequence < 0 || epoch < 0) {
      throw new BrokerException(
          BrokerError.INVALID_RECORD,
          "a batch of producer "
              + producerId
              + " has epoch "
              + epoch
              + " and sequence "
              + firstSequence
              + "; allowed: 0 or more");
    }
    ProducerEntry entry = find(producerId);
    if (entry == null) {
      if (firstSequence != 0 && !forgotSome) {
        throw new BrokerException(
            BrokerError.UNKNOWN_PRODUCER,
            "producer "
                + producerId
                + " is not known here and begins with sequence "
                + firstSequence
                + " instead of 0");
      }
      return null;
    }
    if (epoch < entry.epoch) {
      throw new BrokerException(
          BrokerError.INVALID_PRODUCER_EPOCH,
          "producer "
              + producerId
              + " sends with epoch "
              + epoch
              + " after epoch "
              + entry.epoch
              + " has begun");
    }
    if (epoch > entry.epoch) {
      if (firstSequence != 0) {
        throw outOfOrder(entry, firstSequence, 0);
      }
      return null;
    }
    AppendInfo seen = entry.find(firstSequence, lastSequence);
    if (seen != null) {
      return seen;
    }
    int expected = next(entry.lastSequence);
    if (firstSequence == expected) {
      return null;
    }
    if (entry.isLongPast(lastSequence)) {
      throw new BrokerException(
          BrokerError.DUPLICATE_SEQUENCE,
          "producer "
              + producerId
              + " sent sequence "
              + firstSequence
              + " again after it had got as far as "
              + entry.lastSequence);
    }
    throw outOfOrder(entry, firstSequence, expected);
  }

  /** Remembers a batch that has been written. */
  public void appended(
      long producerId,
      short epoch,
      int firstSequence,
      int lastSequence,
      long baseOffset,
      long appendTimeMillis,
      long nowMillis) {
    ProducerEntry entry = find(producerId);
    if (entry == null) {
      if (entries.size() >= maxProducers) {
        forgetSilent();
      }
      entry = new ProducerEntry(producerId, epoch);
      entries.put(producerId, entry);
      latest = entry;
    } else if (epoch != entry.epoch) {
      entry.startEpoch(epoch);
    }
    entry.add(firstSequence, lastSequence, baseOffset, appendTimeMillis);
    entry.lastSeenMillis = nowMillis;
  }

  /** Forgets producers that have been silent for too long. Returns how many. */
  public int expire(long nowMillis) {
    int before = entries.size();
    if (entries.values().removeIf(entry -> nowMillis - entry.lastSeenMillis >= expiryMillis)) {
      latest = null;
      forgotSome = true;
    }
    return before - entries.size();
  }

  /** Forgets batches from an offset on, which the log has lost. */
  public void truncate(long endOffset) {
    latest = null;
    entries.values().removeIf(entry -> !entry.truncate(endOffset));
  }

  /** Says that there may have been producers of which nothing is known. */
  public void markIncomplete() {
    forgotSome = true;
  }

  /** Producers known. */
  public int count() {
    return entries.size();
  }

  boolean isIncomplete() {
    return forgotSome;
  }

  Collection<ProducerEntry> entries() {
    return entries.values();
  }

  void restore(ProducerEntry entry) {
    entries.put(entry.producerId, entry);
  }

  private @Nullable ProducerEntry find(long producerId) {
    // Batches of one producer mostly follow each other.
    ProducerEntry last = latest;
    if (last != null && last.producerId == producerId) {
      return last;
    }
    ProducerEntry entry = entries.get(producerId);
    if (entry != null) {
      latest = entry;
    }
    return entry;
  }

  private void forgetSilent() {
    List<ProducerEntry> all = new ArrayList<>(entries.values());
    all.sort(Comparator.comparingLong(entry -> entry.lastSeenMillis));
    int surplus = Math.max(1, maxProducers / FORGET_SHARE);
    all.subList(0, Math.min(surplus, all.size()))
        .forEach(entry -> entries.remove(entry.producerId));
    latest = null;
    forgotSome = true;
  }

  private static int next(int sequence) {
    return (sequence + 1) & Integer.MAX_VALUE;
  }

  private static BrokerException outOfOrder(ProducerEntry entry, int found, int expected) {
    return new BrokerException(
        BrokerError.OUT_OF_ORDER_SEQUENCE,
        "producer "
            + entry.producerId
            + " sent sequence "
            + found
            + " where "
            + expected
            + " comes next");
  }
}
