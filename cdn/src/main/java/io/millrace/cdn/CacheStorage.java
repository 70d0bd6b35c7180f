package io.millrace.cdn;

import io.millrace.broker.topic.Topics;
import io.millrace.cdn.cache.HttpCache;
import io.millrace.cdn.purge.PurgeTable;
import io.millrace.cdn.purge.PurgeTopic;
import io.millrace.cdn.store.DiskChannels;
import io.millrace.cdn.store.DiskSettings;
import io.millrace.cdn.store.DiskStore;
import io.millrace.core.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What stands below an edge's cache: its disk tier and the topic of purges. The disk serves nothing
 * until all purges are known.
 */
record CacheStorage(@Nullable DiskStore disk, @Nullable PurgeTopic purges)
    implements AutoCloseable {

  /** Bodies on disk up to this size come up into memory, if that has room for many of them. */
  private static final int MEMORY_BODY_BYTES = 1 << 20;

  static CacheStorage open(
      EdgeSettings settings,
      HttpCache cache,
      PurgeTable table,
      Clock clock,
      @Nullable Topics topics) {
    DiskSettings where = settings.disk();
    int memoryBytes = (int) Math.min(MEMORY_BODY_BYTES, settings.cacheBytes() / 64);
    DiskStore disk =
        where == null
            ? null
            : DiskStore.open(where, memoryBytes, cache::holds, DiskChannels.SYSTEM, clock);
    if (disk != null) {
      disk.serve(topics == null);
      cache.use(disk);
    }
    PurgeTopic purges =
        topics == null
            ? null
            : new PurgeTopic(
                topics,
                table,
                clock,
                series -> {
                  if (disk != null) {
                    disk.belongTo(series);
                  }
                },
                cache::forgetMemory,
                () -> {
                  if (disk != null) {
                    disk.serve(true);
                  }
                });
    return new CacheStorage(disk, purges);
  }

  @Override
  public void close() {
    if (purges != null) {
      purges.close();
    }
    if (disk != null) {
      disk.close();
    }
  }
}
