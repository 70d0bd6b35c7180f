package io.millrace.streams.operator;

import io.millrace.core.Clock;
import io.millrace.streams.plan.ChangelogMode;
import io.millrace.streams.plan.DataType;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.plan.RowType;
import io.millrace.streams.row.Row;
import io.millrace.streams.row.RowKind;
import io.millrace.streams.state.Aggregates;
import io.millrace.streams.state.GroupTable;
import io.millrace.streams.state.KeyCodec;
import io.millrace.streams.state.StateInput;
import io.millrace.streams.state.StateOutput;
import java.util.List;

/**
 * Groups rows by key for ever, and puts out with each row that changes a group's results what they
 * were and what they are. A group whose rows were all taken back is deleted. With a time to live, a
 * group is forgotten when no row came for so long; a row that comes later begins it anew, and one
 * that takes back what was forgotten is dropped. A change of a group is then put out even when its
 * results stay the same, so that state further on lives as long.
 */
public final class GroupAggregate implements StatefulStage {

  /** Groups without rows are left in the table until there are so many. */
  private static final int LEAST_DEAD = 1024;

  private final KeyCodec keys;
  private final int[] keyColumns;
  private final Aggregates aggregates;
  private final long ttlMillis;
  private final Clock clock;
  private final OperatorMetrics metrics;
  private final Stage next;
  private final List<DataType> resultTypes;
  private final Row before;
  private final Row after;

  // Where in a group's longs its number of rows and the time of its last row are.
  private final int rowsWord;
  private final int touchedWord;

  private GroupTable groups;
  private int dead;
  private boolean replaced;
  private long nextSweepMillis;

  /**
   * For a node of a plan.
   *
   * @param ttlMillis how long a group is kept without rows; 0 for ever
   */
  public GroupAggregate(
      PlanNode.GroupAggregate node,
      long ttlMillis,
      Clock clock,
      OperatorMetrics metrics,
      Stage next) {
    RowType input = node.input().rowType();
    keyColumns = node.keyColumns().stream().mapToInt(i -> i).toArray();
    keys = KeyCodec.of(input, node.keyColumns());
    boolean retracts = ChangelogMode.of(node.input()) == ChangelogMode.RETRACT;
    aggregates = Aggregates.running(node.aggregates(), input, retracts);
    rowsWord = aggregates.words();
    touchedWord = rowsWord + 1;
    groups = aggregates.newTable(2);
    resultTypes =
        node.rowType().fields().stream()
            .skip(keyColumns.length)
            .map(field -> field.type())
            .toList();
    before = new Row(node.rowType().size());
    after = new Row(node.rowType().size());
    this.ttlMillis = ttlMillis;
    this.clock = clock;
    this.metrics = metrics;
    this.next = next;
  }

  @Override
  public void row(Row row) {
    metrics.rowsIn++;
    keys.encode(row);
    int group = groups.find(keys.bytes(), 0, keys.length());
    long now = ttlMillis == 0 ? 0 : clock.millis();
    if (group >= 0 && isExpired(group, now)) {
      bury(group);
    }
    boolean addition = row.kind().isAddition();
    boolean isNew = group < 0 || rows(group) == 0;
    if (isNew && !addition) {
      return;
    }
    if (group < 0) {
      group = groups.findOrAdd(keys.bytes(), 0, keys.length());
    } else if (isNew) {
      dead--;
    }
    if (!isNew) {
      fill(before, group, row);
    }
    if (addition) {
      aggregates.add(groups, group, row);
    } else {
      aggregates.retract(groups, group, row);
    }
    groups.setWord(group, rowsWord, rows(group) + (addition ? 1 : -1));
    groups.setWord(group, touchedWord, now);
    if (isNew) {
      fill(after, group, row);
      put(after, RowKind.INSERT);
    } else if (rows(group) == 0) {
      bury(group);
      put(before, RowKind.DELETE);
    } else {
      fill(after, group, row);
      if (ttlMillis > 0 || !isSame()) {
        put(before, RowKind.UPDATE_BEFORE);
        put(after, RowKind.UPDATE_AFTER);
      }
    }
  }

  private long rows(int group) {
    return groups.word(group, rowsWord);
  }

  private boolean isExpired(int group, long now) {
    return ttlMillis > 0 && rows(group) > 0 && now - groups.word(group, touchedWord) >= ttlMillis;
  }

  private void bury(int group) {
    groups.reset(group);
    groups.markChanged(group);
    dead++;
  }

  private void fill(Row target, int group, Row row) {
    for (int i = 0; i < keyColumns.length; i++) {
      target.copy(i, row, keyColumns[i]);
    }
    aggregates.results(groups, group, target, keyColumns.length);
  }

  private boolean isSame() {
    for (int i = 0; i < resultTypes.size(); i++) {
      if (!before.isSame(keyColumns.length + i, after, resultTypes.get(i).kind().carrier())) {
        return false;
      }
    }
    return true;
  }

  private void put(Row row, RowKind kind) {
    row.setKind(kind);
    metrics.rowsOut++;
    next.row(row);
  }

  @Override
  public void watermark(long watermark) {
    next.watermark(watermark);
  }

  @Override
  public void idle(boolean idle) {
    next.idle(idle);
  }

  // ---- state ----

  private void sweep() {
    long now = ttlMillis == 0 ? 0 : clock.millis();
    if (ttlMillis > 0 && now >= nextSweepMillis) {
      nextSweepMillis = now + Math.max(1, ttlMillis / 2);
      for (int group = 0; group < groups.size(); group++) {
        if (isExpired(group, now)) {
          bury(group);
        }
      }
    }
    if (dead >= LEAST_DEAD && 2 * dead >= groups.size()) {
      GroupTable living = aggregates.newTable(2);
      for (int group = 0; group < groups.size(); group++) {
        if (rows(group) > 0) {
          living.take(groups, group);
        }
      }
      groups = living;
      dead = 0;
      replaced = true;
    }
  }

  @Override
  public void save(StateOutput out, boolean whole) {
    sweep();
    boolean all = whole || replaced;
    replaced = false;
    out.writeByte(all ? 1 : 0);
    groups.save(out, all);
  }

  @Override
  public void load(StateInput in, boolean whole) {
    if (in.readByte() != 0) {
      groups = aggregates.newTable(2);
    }
    groups.load(in);
    dead = 0;
    for (int group = 0; group < groups.size(); group++) {
      dead += rows(group) == 0 ? 1 : 0;
    }
  }

  @Override
  public long stateBytes() {
    return metrics.keeps((long) groups.size() - dead, groups.bytes());
  }
}
