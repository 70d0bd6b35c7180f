package io.millrace.log;

import io.millrace.log.Compaction.Copy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log's rounds of compaction: has one of the store's compaction threads prepare one, and
 * installs it when the writer comes by again. States: idle → preparing → ready → idle.
 */
final class LogCompactor {

  private static final Logger LOG = LoggerFactory.getLogger(LogCompactor.class);

  private final FolderStore store;
  private final Path folder;
  private volatile boolean preparing;
  private volatile boolean cancelled;
  private volatile Compaction.@Nullable Result ready;
  private @Nullable Future<?> running;

  LogCompactor(FolderStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  /**
   * Starts a round if there is enough that is new, and none is under way. The writer.
   *
   * @param limitOffset only segments wholly before it: they are replicated, forced to disk, and
   *     their transactions decided
   */
  void startIfDue(
      Segment[] segments,
      LogConfig config,
      long limitOffset,
      long cleanedOffset,
      AbortedBatches aborted) {
    if (preparing || ready != null) {
      return;
    }
    long now = store.clock().millis();
    CompactionConfig rules = config.compaction();
    int closed = Compactable.closed(segments, limitOffset, cleanedOffset, rules, now);
    if (!Compactable.isDue(segments, closed, cleanedOffset, rules, now)) {
      return;
    }
    // The writer holds its own segments, so each can be acquired here.
    for (int i = 0; i < closed; i++) {
      segments[i].acquire();
    }
    preparing = true;
    running =
        store.compactions().submit(() -> prepare(segments, closed, config, cleanedOffset, aborted));
  }

  private void prepare(
      Segment[] segments,
      int closed,
      LogConfig config,
      long cleanedOffset,
      AbortedBatches aborted) {
    try {
      if (!cancelled) {
        ready =
            new Compaction(
                    store.disk(),
                    folder,
                    config,
                    store.clock().millis(),
                    store.compactions().limits().mapBytesPerRound(),
                    aborted,
                    store.compactions().throttle(),
                    () -> cancelled)
                .run(segments, closed, cleanedOffset);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} cannot be compacted now: {}", folder, e.toString());
    } finally {
      for (int i = 0; i < closed; i++) {
        segments[i].release();
      }
      preparing = false;
    }
  }

  /** Takes the round that is ready, if it is still about the log's oldest segments. The writer. */
  Compaction.@Nullable Result takeReady(Segment[] segments) throws IOException {
    Compaction.Result result = ready;
    ready = null;
    if (result == null) {
      return null;
    }
    List<Segment> sources = result.sources();
    if (sources.isEmpty()
        || sources.size() >= segments.length
        || !List.of(segments).subList(0, sources.size()).equals(sources)) {
      CompactionSwap.discard(store.disk(), folder);
      return null;
    }
    return result;
  }

  /**
   * Puts a round's copies in place. The writer.
   *
   * @return the log's segments from then on; the sources are still held by the caller
   */
  Segment[] install(Segment[] segments, Compaction.Result result) throws IOException {
    for (Segment source : result.sources()) {
      source.pin();
    }
    CompactionSwap.decide(store.disk(), folder, result);
    CompactionSwap.finish(store.disk(), folder);
    List<Segment> now = new ArrayList<>();
    for (Copy copy : result.copies()) {
      Segment segment = Segment.existing(store.disk(), folder, copy.baseOffset());
      segment.restoreFromIndex();
      now.add(segment);
    }
    for (int i = result.sources().size(); i < segments.length; i++) {
      now.add(segments[i]);
    }
    return now.toArray(Segment[]::new);
  }

  /** Ends a round that is under way, and waits until it has. */
  void close() {
    cancelled = true;
    await();
  }

  /** Waits until no round is being prepared. The writer. */
  void await() {
    Future<?> last = running;
    if (last != null) {
      boolean interrupted = false;
      boolean done = false;
      while (!done) {
        try {
          last.get();
          done = true;
        } catch (ExecutionException e) {
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
