package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.OutOfRange;
import io.millrace.kafka.consistency.Operation.Position;
import io.millrace.kafka.consistency.Operation.Read;
import io.millrace.kafka.consistency.WireRecords.Fetched;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.protocol.Errors;

/** Reads the partitions in turn, each from where it was, until the others have ended. */
final class WireConsumer extends Client {

  private final boolean committed;
  private final BooleanSupplier enough;
  private final NodeLink link;
  private final long[] positions;

  WireConsumer(String who, Setting setting, long seed, boolean committed, BooleanSupplier enough) {
    super(who, setting, seed);
    this.committed = committed;
    this.enough = enough;
    link = new NodeLink(setting.node());
    positions = new long[setting.partitions()];
  }

  @Override
  public void run() {
    try (link) {
      while (!enough.getAsBoolean()) {
        setting.checkTime(who);
        int partition = random.nextInt(positions.length);
        try {
          read(partition);
        } catch (IOException e) {
          NodeLink.pause();
        }
      }
    }
  }

  private void read(int partition) throws IOException {
    long from = positions[partition];
    long sent = now();
    Fetched got =
        WireRecords.fetch(
            link, partition, from, committed, 100 + random.nextInt(2000), random.nextInt(12));
    if (got.error() == Errors.OFFSET_OUT_OF_RANGE) {
      history().add(new OutOfRange(who, partition, from, sent, now()));
      long start = WireObserver.list(this, link, partition, Position.EARLIEST, 0);
      positions[partition] = Math.max(from, start);
      return;
    }
    if (got.error() != Errors.NONE) {
      NodeLink.pause();
      return;
    }
    positions[partition] = got.next();
    history()
        .add(
            new Read(
                who,
                partition,
                committed,
                from,
                got.next(),
                got.records(),
                got.highWatermark(),
                got.lastStableOffset(),
                sent,
                now()));
  }
}
