package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What a partition had where nothing is any more: read before it was deleted, so that the end of a
 * history can be held against all of it. Of one thread, and of another when that has ended.
 */
final class Archive {

  private final List<Entry> log = new ArrayList<>();
  private final List<Entry> committed = new ArrayList<>();
  private long end;

  /** All before it is here. */
  long end() {
    return end;
  }

  /** Takes what was read from the end on, up to another one. */
  void add(List<Entry> all, List<Entry> shown, long newEnd) {
    all.stream().filter(each -> each.offset() < newEnd).forEach(log::add);
    shown.stream().filter(each -> each.offset() < newEnd).forEach(committed::add);
    end = newEnd;
  }

  /** The entries before an offset, as all readers saw them, or those of committed records. */
  List<Entry> before(long offset, boolean ofCommitted) {
    return (ofCommitted ? committed : log).stream().filter(each -> each.offset() < offset).toList();
  }
}
