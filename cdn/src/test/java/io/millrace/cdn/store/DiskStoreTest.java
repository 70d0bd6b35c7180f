package io.millrace.cdn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk tier by itself. */
class DiskStoreTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] HEAD = {1, 2, 3};

  @TempDir private Path folder;

  private DiskStore store(DiskChannels channels) {
    return DiskStore.open(
        new DiskSettings(folder, 16 << 20, 4 << 20),
        1 << 20,
        name -> false,
        channels,
        Clock.system());
  }

  private static byte[] body(int seed) {
    byte[] body = new byte[10_000];
    new Random(seed).nextBytes(body);
    return body;
  }

  private static List<StoredObject> load(DiskStore store, String name) throws Exception {
    CompletableFuture<List<StoredObject>> found = new CompletableFuture<>();
    return store.load(name, found::complete) ? found.get(60, TimeUnit.SECONDS) : List.of();
  }

  @Test
  void aFullDiskIsWrittenToNoMoreAndServesWhatItHas() throws Exception {
    FullDisk disk = new FullDisk();
    try (DiskStore store = store(disk.channels())) {
      store.put("a", 0, HEAD, new MemoryBody(body(1)));
      await().atMost(PATIENCE).until(() -> store.objects() == 1);
      disk.full = true;
      store.put("b", 0, HEAD, new MemoryBody(body(2)));
      await().atMost(PATIENCE).until(() -> store.figures().writeFailures.sum() > 0);

      assertThat(load(store, "b")).isEmpty();
      List<StoredObject> found = load(store, "a");
      assertThat(found).hasSize(1);
      assertThat(((MemoryBody) found.getFirst().body()).bytes()).isEqualTo(body(1));
      assertThat(store.takes(10)).isFalse();
      store.put("c", 0, HEAD, new MemoryBody(body(3)));
      assertThat(store.figures().skipped.sum()).isPositive();
      disk.full = false;
    }
    try (DiskStore store = store(DiskChannels.SYSTEM)) {
      assertThat(load(store, "a")).hasSize(1);
    }
  }

  @Test
  void whatWasRemovedOrReplacedIsSoAfterARestart() throws Exception {
    try (DiskStore store = store(DiskChannels.SYSTEM)) {
      store.put("a", 0, HEAD, new MemoryBody(body(1)));
      store.put("a", 0, HEAD, new MemoryBody(body(2)));
      store.put("b", 0, HEAD, new MemoryBody(body(3)));
      store.put("c", 1, HEAD, new MemoryBody(body(4)));
      store.put("c", 2, HEAD, new MemoryBody(body(5)));
      store.remove("b");
    }
    try (DiskStore store = store(DiskChannels.SYSTEM)) {
      List<StoredObject> found = load(store, "a");
      assertThat(found).hasSize(1);
      assertThat(((MemoryBody) found.getFirst().body()).bytes()).isEqualTo(body(2));
      assertThat(load(store, "b")).isEmpty();
      assertThat(load(store, "c")).hasSize(2);
      store.clear();
      assertThat(load(store, "a")).isEmpty();
    }
    try (DiskStore store = store(DiskChannels.SYSTEM)) {
      assertThat(store.objects()).isZero();
      assertThat(store.bytes()).isZero();
    }
  }

  @Test
  void anObjectOnDiskTakesLessThanFiftyBytesOfMemory() {
    DiskIndex index = new DiskIndex();
    Random random = new Random(1);
    for (int i = 0; i < 1_000_000; i++) {
      index.put(random.nextLong(), random.nextLong(), Location.of(1 + i % 1000, i * 16L), 1);
    }

    assertThat(index.size()).isEqualTo(1_000_000);
    assertThat(index.memoryBytes() / 1_000_000).isLessThan(50);
  }

  @Test
  void theIndexIsAMapWhateverIsPutAndRemoved() {
    DiskIndex index = new DiskIndex();
    Map<ObjectKey, Long> model = new HashMap<>();
    Random random = new Random(7);
    for (int step = 0; step < 200_000; step++) {
      // Few keys, so that they collide and slots are freed all the time.
      long high = (long) random.nextInt(64) << 58 | random.nextInt(8) * 0x1_0000_0000L;
      ObjectKey key = new ObjectKey(high, (long) random.nextInt(4) << 16);
      if (random.nextInt(3) > 0) {
        long location = Location.of(1 + step, 0);
        index.put(key.high(), key.low(), location, 1);
        model.put(key, location);
      } else {
        assertThat(index.removeAll(key)).isEqualTo(model.remove(key) == null ? 0 : 1);
      }
      assertThat(index.contains(key)).isEqualTo(model.containsKey(key));
    }
    assertThat(index.size()).isEqualTo(model.size());
    Map<ObjectKey, Long> left = new HashMap<>();
    index.forEach(
        (high, low, location, units) ->
            left.put(new ObjectKey(high, low), Location.of(Location.segment(location), 0)));
    assertThat(left).isEqualTo(model);
  }

  /** A disk that is full when told so. */
  private static final class FullDisk {

    volatile boolean full;

    DiskChannels channels() {
      return path ->
          new ForwardingChannel(
              FileChannel.open(
                  path,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE),
              () -> {
                if (full) {
                  throw new IOException("No space left on device");
                }
              });
    }
  }
}
