package io.millrace.cdn.topic;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.broker.topic.Partition;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Events as they were read, shared by all viewers: those who follow the tail stand at the same
 * offset, and cost the log one read together. Bounded in bytes; any thread may ask.
 */
final class LiveChunks {

  private static final int MOST_RECORDS = 500;
  private static final int MOST_BYTES = 32 * 1024;
  private static final long CACHE_BYTES = 8L << 20;

  private final AsyncCache<Place, RecordChunk> chunks;

  private record Place(UUID topic, int partition, long offset) {}

  LiveChunks(Executor threads) {
    chunks =
        Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Place place, RecordChunk chunk) -> chunk.bytes().length + 128)
            .executor(threads)
            .buildAsync();
  }

  /** The events from an offset on, of which there is at least one to be read. */
  CompletableFuture<RecordChunk> from(UUID topic, Partition partition, long offset) {
    return chunks.get(
        new Place(topic, partition.id().partition(), offset),
        place ->
            RecordChunk.read(partition, offset, MOST_RECORDS, MOST_BYTES, RecordChunk.Form.EVENTS));
  }
}
