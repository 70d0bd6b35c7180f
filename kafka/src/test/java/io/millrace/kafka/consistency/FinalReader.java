package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Entry;
import io.millrace.kafka.consistency.Operation.Final;
import io.millrace.kafka.consistency.Operation.Position;
import io.millrace.kafka.consistency.WireRecords.Fetched;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * Comes when all others have ended: has open transactions aborted, as the next producer of their
 * ids would, and reads everything.
 */
final class FinalReader extends Client {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int MOST_BYTES = 4 << 20;
  private static final int TIMES = 3;

  private final NodeLink link;
  private final Collection<String> transactionalIds;
  private final Collection<String> groups;
  private final List<Archive> archives;

  FinalReader(
      Setting setting,
      long seed,
      Collection<String> transactionalIds,
      Collection<String> groups,
      List<Archive> archives) {
    super("final", setting, seed);
    this.transactionalIds = transactionalIds;
    this.groups = groups;
    this.archives = archives;
    link = new NodeLink(setting.node());
  }

  @Override
  public void run() {
    try (link) {
      for (String id : transactionalIds) {
        long sent = now();
        Answer answer = ask(() -> Errors.forCode(WireTransactions.init(link, id).errorCode()));
        if (!answer.isDone()) {
          refused("to begin as " + id, answer.error(), sent);
        }
      }
      for (int partition = 0; partition < setting.partitions(); partition++) {
        awaitStable(partition);
        Final end = read(partition);
        history().add(end);
        for (int i = 0; i < TIMES && !end.log().isEmpty(); i++) {
          Entry some = end.log().get(random.nextInt(end.log().size()));
          WireObserver.list(this, link, partition, Position.BY_TIME, some.timestamp());
        }
        for (String group : groups) {
          int of = partition;
          while (!WireObserver.look(this, link, group, of)) {
            setting.checkTime(who);
            NodeLink.pause();
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the node does not answer, and nobody kills it", e);
    }
  }

  /** Markers may still be on their way; that they never come is for the checker to say. */
  private void awaitStable(int partition) throws IOException {
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE.toNanos()) {
      long stable = WireObserver.list(this, link, partition, Position.LATEST_COMMITTED, 0);
      long latest = WireObserver.list(this, link, partition, Position.LATEST, 0);
      if (stable >= 0 && stable == latest) {
        return;
      }
      NodeLink.pause();
    }
  }

  private Final read(int partition) throws IOException {
    long sent = now();
    long start = WireObserver.list(this, link, partition, Position.EARLIEST, 0);
    List<Entry> log = new ArrayList<>(archives.get(partition).before(start, false));
    Fetched all = readAll(partition, false, start, log);
    List<Entry> shown = new ArrayList<>(archives.get(partition).before(start, true));
    readAll(partition, true, start, shown);
    return new Final(
        who,
        partition,
        start,
        List.copyOf(log),
        shown.stream().filter(each -> !each.isMarker()).toList(),
        all.highWatermark(),
        all.lastStableOffset(),
        sent,
        now());
  }

  private Fetched readAll(int partition, boolean committed, long start, List<Entry> into)
      throws IOException {
    long from = start;
    while (true) {
      Fetched got = WireRecords.fetch(link, partition, from, committed, MOST_BYTES, 0);
      if (got.error() != Errors.NONE) {
        throw new IOException("partition " + partition + " cannot be read: " + got.error());
      }
      into.addAll(got.entries());
      if (got.next() == from) {
        return got;
      }
      from = got.next();
    }
  }
}
