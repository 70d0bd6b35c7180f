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
import java.util.TreeMap;
import java.util.function.LongSupplier;
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
 * <p>A transactional batch also needs an open transaction of its producer in this partition, or one
 * that the coordinator has vouched for since (KIP-890); one without a transaction must not come
 * between. A marker ends the transaction and may begin a new epoch.
 *
 * <p>The last line of the table is stricter than Kafka, which takes any sequence from a producer it
 * does not know: there, a second batch in flight is stored before the first one that was refused.
 * Clients answer UNKNOWN_PRODUCER with a new epoch and the same records, in order.
 */
public final class ProducerStates {

  /** When full, this share of the producers is forgotten at once, to make the search worth it. */
  private static final int FORGET_SHARE = 10;

  private final int maxProducers;
  private final LongSupplier expiryMillis;
  private final Map<Long, ProducerEntry> entries = new HashMap<>();
  private @Nullable ProducerEntry latest;
  private boolean forgotSome;

  /** Producers with an open transaction, by its first offset. */
  private final TreeMap<Long, ProducerEntry> open = new TreeMap<>();

  private final AbortedTransactions aborted = new AbortedTransactions();
  private long markers;

  /**
   * @param maxProducers from 1; beyond it those silent for longest are forgotten
   * @param expiryMillis those silent for longer are forgotten by {@link #expire}; asked each time
   */
  public ProducerStates(int maxProducers, LongSupplier expiryMillis) {
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
      throw oldEpoch(entry, epoch);
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

  // ---- transactions ----

  /**
   * Checks that a new batch keeps to its producer's transaction.
   *
   * @param vouched {@link #markers} before the coordinator said that the partition is part of the
   *     open transaction, or -1 when it was not asked
   * @throws BrokerException with {@code INVALID_TRANSACTION_STATE}
   */
  public void checkTransaction(long producerId, boolean transactional, long vouched) {
    ProducerEntry entry = find(producerId);
    boolean isOpen = entry != null && entry.transactionStart >= 0;
    if (transactional
        && !isOpen
        && (vouched < 0 || (entry != null && entry.lastMarker > vouched))) {
      throw new BrokerException(
          BrokerError.INVALID_TRANSACTION_STATE,
          "a batch of producer " + producerId + " is not part of an open transaction");
    }
    if (!transactional && isOpen) {
      throw new BrokerException(
          BrokerError.INVALID_TRANSACTION_STATE,
          "producer " + producerId + " has a transaction open and sends a batch outside of it");
    }
  }

  /** Notes that a batch that {@link #appended} has remembered is part of a transaction. */
  public void inTransaction(long producerId, long baseOffset) {
    ProducerEntry entry = find(producerId);
    if (entry != null && entry.transactionStart < 0) {
      entry.transactionStart = baseOffset;
      open.put(baseOffset, entry);
    }
  }

  /** As {@link #check} and {@link #checkTransaction}, for a batch without sequence numbers. */
  public void checkUnnumbered(long producerId, short epoch, long vouched) {
    ProducerEntry entry = find(producerId);
    if (entry != null && epoch < entry.epoch) {
      throw oldEpoch(entry, epoch);
    }
    checkTransaction(producerId, true, vouched);
  }

  /** Remembers a transactional batch without sequence numbers, as offsets of groups are. */
  public void appendedUnnumbered(long producerId, short epoch, long baseOffset, long nowMillis) {
    ProducerEntry entry = findOrAdd(producerId, epoch);
    entry.lastSeenMillis = nowMillis;
    inTransaction(producerId, baseOffset);
  }

  /**
   * Whether a marker is still to be written: false for one of an older epoch, or written before.
   */
  public boolean awaitsMarker(long producerId, short epoch) {
    ProducerEntry entry = find(producerId);
    return entry == null
        || epoch > entry.epoch
        || (epoch == entry.epoch
            && (entry.transactionStart >= 0 || entry.lastSequence != ProducerEntry.NO_SEQUENCE));
  }

  /** Remembers a marker that has been written: the producer's transaction has ended. */
  public void ended(
      long producerId,
      short epoch,
      boolean commit,
      long markerOffset,
      int coordinatorEpoch,
      long nowMillis) {
    ProducerEntry entry = findOrAdd(producerId, epoch);
    long start = entry.transactionStart;
    entry.transactionStart = ProducerEntry.NO_TRANSACTION;
    entry.coordinatorEpoch = coordinatorEpoch;
    entry.lastSeenMillis = nowMillis;
    entry.lastMarker = ++markers;
    if (start >= 0) {
      open.remove(start);
      if (!commit) {
        aborted.add(producerId, start, markerOffset, Math.min(firstUndecided(), markerOffset + 1));
      }
    }
  }

  /** Offset of the first record whose transaction is open; {@link Long#MAX_VALUE} for none. */
  public long firstUndecided() {
    return open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
  }

  /** Markers written here since the partition was opened. */
  public long markers() {
    return markers;
  }

  /** The transactions that were aborted. */
  public AbortedTransactions aborted() {
    return aborted;
  }

  /** What is known of each producer. */
  public List<ActiveProducer> describe() {
    List<ActiveProducer> all = new ArrayList<>(entries.size());
    for (ProducerEntry entry : entries.values()) {
      all.add(
          new ActiveProducer(
              entry.producerId,
              entry.epoch,
              entry.lastSequence,
              entry.lastSeenMillis,
              entry.coordinatorEpoch,
              entry.transactionStart));
    }
    return all;
  }

  /** Forgets all about transactions, to find them anew in the log. */
  void forgetTransactions() {
    open.values().forEach(entry -> entry.transactionStart = ProducerEntry.NO_TRANSACTION);
    open.clear();
    aborted.clear();
  }

  private ProducerEntry findOrAdd(long producerId, short epoch) {
    ProducerEntry entry = find(producerId);
    if (entry == null) {
      if (entries.size() >= maxProducers) {
        forgetSilent();
      }
      entry = new ProducerEntry(producerId, epoch);
      entries.put(producerId, entry);
      latest = entry;
    } else if (epoch > entry.epoch) {
      entry.startEpoch(epoch);
    }
    return entry;
  }

  // ---- memory ----

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
    long mostSilentMillis = expiryMillis.getAsLong();
    int before = entries.size();
    if (entries
        .values()
        .removeIf(
            entry ->
                entry.transactionStart < 0
                    && nowMillis - entry.lastSeenMillis >= mostSilentMillis)) {
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
    if (entry.transactionStart >= 0) {
      open.put(entry.transactionStart, entry);
    }
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
    all.removeIf(entry -> entry.transactionStart >= 0);
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

  private static BrokerException oldEpoch(ProducerEntry entry, short epoch) {
    return new BrokerException(
        BrokerError.INVALID_PRODUCER_EPOCH,
        "producer "
            + entry.producerId
            + " sends with epoch "
            + epoch
            + " after epoch "
            + entry.epoch
            + " has begun");
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
