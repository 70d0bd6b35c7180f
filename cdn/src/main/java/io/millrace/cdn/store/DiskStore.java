package io.millrace.cdn.store;

import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk tier of a cache. Any thread may call it, event loops too: nothing here waits for the
 * disk. One thread writes, {@value #READERS} read.
 *
 * <p>What is written stays found after a restart, also after a kill: at worst the last moments are
 * missing. After a power failure, what the disk has lost is noticed by its checksum. A disk that
 * refuses to write is left alone for a while; what it has is served all the same.
 */
public final class DiskStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DiskStore.class);
  private static final int READERS = 4;
  private static final int MOST_READS_WAITING = 4096;
  private static final int MOST_REMOVALS_WAITING = 100_000;
  private static final String JOURNAL = "index";
  private static final String SERIES = "purges";

  private final DiskSettings settings;
  private final DiskFigures figures = new DiskFigures();
  private final DiskIndex index = new DiskIndex();
  private final SegmentQueues segments;
  private final IndexJournal journal;
  private final ObjectReader reader;
  private final ThreadPoolExecutor reads;
  private final WriteQueue writes;
  private volatile boolean serving = true;
  private volatile boolean closed;

  private DiskStore(
      DiskSettings settings,
      int memoryBytes,
      Predicate<String> inUse,
      DiskChannels channels,
      Clock clock)
      throws IOException {
    this.settings = settings;
    Files.createDirectories(settings.folder());
    segments = SegmentQueues.open(settings.folder(), channels);
    journal = IndexJournal.open(settings.folder().resolve(JOURNAL), channels, index);
    dropLost();
    DiskWriter writer = new DiskWriter(settings, index, segments, journal, figures, inUse);
    reader = new ObjectReader(index, memoryBytes);
    reads =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MOST_READS_WAITING),
            Thread.ofPlatform().daemon().name("edge-disk-read-", 0).factory());
    writes = new WriteQueue(writer, journal, index, settings.folder(), figures, clock);
  }

  /**
   * Opens a store over a folder, with what is in it.
   *
   * @param memoryBytes bodies up to this size are read into memory
   * @param inUse whether the memory tier holds an object, which the disk then keeps; called by the
   *     store's thread
   * @throws SettingException when the folder cannot be used
   */
  public static DiskStore open(
      DiskSettings settings,
      int memoryBytes,
      Predicate<String> inUse,
      DiskChannels channels,
      Clock clock) {
    try {
      return new DiskStore(settings, memoryBytes, inUse, channels, clock);
    } catch (IOException e) {
      throw new SettingException(
          "edge.cache.disk.folder",
          "is " + settings.folder() + ", which cannot be used (" + e.getMessage() + ")",
          "a folder that this process may write to");
    }
  }

  /** Forgets what the index has of segments that are not there, or shorter. */
  private void dropLost() {
    List<long[]> lost = new ArrayList<>();
    index.forEach(
        (high, low, location, units) -> {
          segments.reserve(Location.segment(location));
          Segment segment = segments.find(Location.segment(location));
          if (segment == null
              || Location.position(location) + DiskWriter.size(units) > segment.size()) {
            lost.add(new long[] {high, low, location});
          }
        });
    lost.forEach(entry -> index.remove(entry[0], entry[1], entry[2]));
  }

  // ---- reading ----

  /** Whether lookups find anything. Without it they do not, while writing goes on. */
  public void serve(boolean on) {
    serving = on;
  }

  /** Whether lookups find anything. */
  public boolean isServing() {
    return serving;
  }

  /**
   * Reads all variants of a resource.
   *
   * @param done told of those that are whole, perhaps of none, on another thread; bodies in files
   *     are not retained
   * @return false when nothing is known of the resource, or too much waits for the disk; done is
   *     then not called
   */
  public boolean load(String name, Consumer<List<StoredObject>> done) {
    ObjectKey key = ObjectKey.of(name);
    if (!serving || closed || !index.contains(key)) {
      figures.misses.increment();
      return false;
    }
    try {
      reads.execute(
          () -> {
            List<StoredObject> found = List.of();
            try {
              found = read(name, key);
            } finally {
              (found.isEmpty() ? figures.misses : figures.hits).increment();
              done.accept(found);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      figures.misses.increment();
      return false;
    }
  }

  private List<StoredObject> read(String name, ObjectKey key) {
    List<long[]> entries = new ArrayList<>(1);
    index.use(
        key, (high, low, location, units) -> entries.add(new long[] {high, low, location, units}));
    List<StoredObject> found = new ArrayList<>(entries.size());
    for (long[] entry : entries) {
      Segment segment = segments.find(Location.segment(entry[2]));
      if (segment == null || !segment.retain()) {
        continue;
      }
      try {
        StoredObject object =
            reader.read(segment, entry[0], entry[1], entry[2], DiskWriter.size((int) entry[3]));
        if (object == null) {
          corrupt(entry, "its checksum is not that of what was written");
        } else if (object.name().equals(name)) {
          found.add(object);
        }
      } catch (IOException e) {
        corrupt(entry, String.valueOf(e.getMessage()));
      } finally {
        segment.release();
      }
    }
    return found;
  }

  private void corrupt(long[] entry, String why) {
    if (index.remove(entry[0], entry[1], entry[2])) {
      figures.corrupt.increment();
      LOG.warn(
          "An object in segment {} of {} is not served: {}",
          "%08x".formatted(Location.segment(entry[2])),
          settings.folder(),
          why);
    }
  }

  // ---- writing ----

  /** Whether it would take an object with a body of that size now. */
  public boolean takes(long bodyBytes) {
    return !closed && bodyBytes <= settings.maxObjectBytes() && !writes.isRefusing();
  }

  /**
   * Writes an object, in place of the same variant of the resource, unless too much waits already.
   *
   * @param variant tells it apart from others of the resource
   * @param head what the cache wants to know of it again; at most 1 MiB. Taken over
   */
  public void put(String name, int variant, byte[] head, MemoryBody body) {
    byte[] nameBytes = ObjectRecord.nameBytes(name);
    long bytes = body.length() + head.length + nameBytes.length;
    if (!takes(body.length()) || !ObjectRecord.fits(nameBytes, head)) {
      figures.skipped.increment();
      return;
    }
    ObjectKey key = ObjectKey.of(name);
    writes.offer(bytes, to -> to.write(key, variant, nameBytes, head, body.bytes()));
  }

  /**
   * Begins an object of a known size that is written as it comes, and read as it is written.
   *
   * @param onStored told of its body once it is complete; not when it fails. Any thread
   * @return null when it cannot be taken now
   */
  public @Nullable GrowingObject begin(
      String name, int variant, byte[] head, long bodyBytes, Consumer<DiskBody> onStored) {
    byte[] nameBytes = ObjectRecord.nameBytes(name);
    if (!takes(bodyBytes) || !ObjectRecord.fits(nameBytes, head)) {
      return null;
    }
    GrowingObject growing =
        new GrowingObject(
            writes, ObjectKey.of(name), variant, nameBytes, head, bodyBytes, onStored);
    growing.open();
    return growing;
  }

  /** Forgets all variants of a resource, those that wait to be written too. */
  public void remove(String name) {
    ObjectKey key = ObjectKey.of(name);
    boolean removed = index.removeAll(key) > 0;
    if (!removed && writes.isEmpty()) {
      return;
    }
    if (writes.size() > MOST_REMOVALS_WAITING) {
      // Better without anything than with something that was to go.
      clear();
      return;
    }
    writes.add(
        to -> {
          index.removeAll(key);
          journal.removeAll(key);
        });
  }

  /** Forgets everything, what waits to be written too. */
  public void clear() {
    writes.clearOffered();
    index.clear();
    writes.add(
        to -> {
          index.clear();
          to.clear();
        });
  }

  // ---- figures ----

  /**
   * Says of which series of purges the marks of its objects are. One that holds objects of another
   * series is emptied.
   */
  public void belongTo(String series) {
    Path file = settings.folder().resolve(SERIES);
    try {
      if (Files.exists(file)) {
        if (Files.readString(file).equals(series)) {
          return;
        }
        clear();
      }
      Files.writeString(file, series);
    } catch (IOException e) {
      clear();
      writes.refused(e);
    }
  }

  /** What it has done. */
  public DiskFigures figures() {
    return figures;
  }

  /** Objects it holds. */
  public long objects() {
    return index.size();
  }

  /** Bytes of its files. */
  public long bytes() {
    return segments.bytes();
  }

  /** Bytes of memory that the index takes. */
  public long indexBytes() {
    return index.memoryBytes();
  }

  /** The folder of its files. */
  public Path folder() {
    return settings.folder();
  }

  /** Writes what waits, and closes the files. */
  @Override
  public void close() {
    closed = true;
    writes.shutdown();
    reads.shutdown();
    try {
      writes.awaitEnd();
      if (!reads.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("Reads of the disk cache in {} do not end", settings.folder());
      }
      journal.close();
    } catch (IOException e) {
      LOG.warn("Closing the disk cache in {} failed: {}", settings.folder(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    segments.close();
  }
}
