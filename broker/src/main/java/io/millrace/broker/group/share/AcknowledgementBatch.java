package io.millrace.broker.group.share;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.util.List;

/**
 * What a member says about a range of records.
 *
 * @param last the last offset, inclusive
 * @param types one for each offset, or one for all
 */
public record AcknowledgementBatch(long first, long last, List<AcknowledgeType> types) {

  /**
   * Takes a copy.
   *
   * @throws BrokerException with {@code INVALID_GROUP_REQUEST} when the types do not fit the range
   */
  public AcknowledgementBatch {
    types = List.copyOf(types);
    boolean fits =
        first >= 0
            && last >= first
            && (types.size() == 1
                || (last - first < types.size() && last - first + 1 == types.size()));
    if (!fits) {
      throw new BrokerException(
          BrokerError.INVALID_GROUP_REQUEST,
          "offsets "
              + first
              + " to "
              + last
              + " are acknowledged by "
              + types.size()
              + " types; allowed: one for all, or one for each");
    }
  }

  AcknowledgeType type(long offset) {
    return types.size() == 1 ? types.getFirst() : types.get((int) (offset - first));
  }

  /** The last offset up to which the type is that of {@code offset}. */
  long endOfRun(long offset) {
    if (types.size() == 1) {
      return last;
    }
    AcknowledgeType type = type(offset);
    long end = offset;
    while (end < last && type(end + 1) == type) {
      end++;
    }
    return end;
  }
}
