package io.millrace.broker.producer;

import io.millrace.log.AbortedBatches;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The aborted transactions of one partition, the one that ended first in front: what a reader of
 * committed records is told, so that it drops the others (KIP-98). It has one writer, the
 * partition's mailbox; any thread reads a {@link View}.
 *
 * <p>Cost: 32 bytes for each, until retention or compaction has taken its records.
 */
public final class AbortedTransactions {

  /** An index without any. */
  private static final View NONE = new View(new long[0], 0);

  private volatile View view = NONE;

  /** Told of one aborted transaction. */
  @FunctionalInterface
  public interface Visitor {
    /** Its producer and the offset of its first record. */
    void aborted(long producerId, long firstOffset);
  }

  /** The index as it is now; it does not change. */
  public View now() {
    return view;
  }

  /**
   * Adds one that has just ended.
   *
   * @param lastOffset of its marker; larger than that of all before
   * @param lastStableOffset before which everything was decided once it had ended
   */
  void add(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {
    View before = view;
    int at = before.count * View.FIELDS;
    // Slots behind a view's end are written before a later view shows them.
    long[] fields =
        at < before.fields.length
            ? before.fields
            : Arrays.copyOf(before.fields, Math.max(16 * View.FIELDS, 2 * at));
    fields[at] = producerId;
    fields[at + 1] = firstOffset;
    fields[at + 2] = lastOffset;
    fields[at + 3] = lastStableOffset;
    view = new View(fields, before.count + 1);
  }

  /** Forgets those that ended before an offset: their records are gone. */
  public void forgetBefore(long offset) {
    View before = view;
    int first = before.firstEndingAt(offset);
    if (first > 0) {
      view =
          new View(
              Arrays.copyOfRange(before.fields, first * View.FIELDS, before.count * View.FIELDS),
              before.count - first);
    }
  }

  /** Forgets all. */
  void clear() {
    view = NONE;
  }

  /** The index at one moment. */
  public static final class View implements AbortedBatches {

    static final int FIELDS = 4;

    private final long[] fields;
    private final int count;

    private View(long[] fields, int count) {
      this.fields = fields;
      this.count = count;
    }

    /** How many there are. */
    public int count() {
      return count;
    }

    long producerId(int index) {
      return fields[index * FIELDS];
    }

    long firstOffset(int index) {
      return fields[index * FIELDS + 1];
    }

    long lastOffset(int index) {
      return fields[index * FIELDS + 2];
    }

    long lastStableOffset(int index) {
      return fields[index * FIELDS + 3];
    }

    /** The first that ends at the offset or after it; {@link #count} when there is none. */
    private int firstEndingAt(long offset) {
      int low = 0;
      int high = count;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (lastOffset(middle) < offset) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /**
     * Tells of all that have records in {@code from} to before {@code to}.
     *
     * @param visitor null to count only
     * @return how many
     */
    public int visit(long from, long to, @Nullable Visitor visitor) {
      int found = 0;
      for (int i = firstEndingAt(from); i < count; i++) {
        if (firstOffset(i) < to) {
          found++;
          if (visitor != null) {
            visitor.aborted(producerId(i), firstOffset(i));
          }
        }
        if (lastStableOffset(i) >= to) {
          break; // Those that ended later began at or after it.
        }
      }
      return found;
    }

    @Override
    public boolean contains(long producerId, long offset) {
      for (int i = firstEndingAt(offset); i < count; i++) {
        if (producerId(i) == producerId && firstOffset(i) <= offset) {
          return true;
        }
        if (lastStableOffset(i) > offset) {
          return false;
        }
      }
      return false;
    }
  }
}
