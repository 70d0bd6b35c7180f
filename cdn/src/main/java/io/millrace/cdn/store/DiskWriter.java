package io.millrace.cdn.store;

import io.millrace.cdn.store.SegmentQueues.Queue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects, and makes room for them by S3-FIFO over segments (Yang and others, "FIFO queues
 * are all you need for cache eviction", SOSP 2023). Confined to the store's thread.
 *
 * <p>What is new goes into a segment of the probation queue, which has a tenth of the room. When
 * its oldest segment is reclaimed, what was asked for since is copied to the main queue; the rest
 * is given up, and remembered for a while: what comes back goes to the main queue at once. From the
 * oldest main segment, what was asked for is copied to its end with one request less to its name.
 * Of a segment at most half is kept, so reclaiming always makes room, and writes no object more
 * than it frees. All writing is sequential.
 */
final class DiskWriter {

  private static final int WRITE_BYTES = 256 * 1024;
  private static final int OBJECT_BYTES_ABOUT = 32 * 1024;
  private static final int MOST_GHOSTS = 1 << 20;

  /** Less than the setting by what may be copied while a segment is still there. */
  private final long limit;

  private final long segmentBytes;
  private final DiskIndex index;
  private final SegmentQueues segments;
  private final IndexJournal journal;
  private final DiskFigures figures;
  private final Predicate<String> inUse;
  private final Ghosts ghosts;
  private @Nullable Segment probation;
  private @Nullable Segment main;

  /**
   * @param inUse whether an object of this name is of use although nobody asks the disk for it
   */
  DiskWriter(
      DiskSettings settings,
      DiskIndex index,
      SegmentQueues segments,
      IndexJournal journal,
      DiskFigures figures,
      Predicate<String> inUse) {
    this.segmentBytes = settings.segmentBytes();
    this.limit = settings.maxBytes() - segmentBytes / 2;
    this.index = index;
    this.segments = segments;
    this.journal = journal;
    this.figures = figures;
    this.inUse = inUse;
    this.ghosts = new Ghosts((int) Math.min(MOST_GHOSTS, settings.maxBytes() / OBJECT_BYTES_ABOUT));
  }

  /** Writes an object whose body is in memory. */
  void write(ObjectKey key, int variant, byte[] name, byte[] head, byte[] body) throws IOException {
    long size = ObjectRecord.size(name.length, head.length, body.length);
    Queue queue = ghosts.take(key.high(), key.low()) ? Queue.MAIN : Queue.PROBATION;
    boolean alone = size > segmentBytes / 4;
    makeRoom(size);
    Segment segment = alone ? segments.create(queue) : open(queue, size);
    try {
      long position = segment.size();
      ByteBuffer start = ObjectRecord.start(key.high(), key.low(variant), name, head);
      long seal = ObjectRecord.seal(start);
      CRC32C crc = new CRC32C();
      crc.update(body);
      segment.write(position, start);
      writeBody(segment, position + start.limit(), body);
      segment.write(
          position + size - ObjectRecord.END_BYTES,
          ObjectRecord.end(seal, body.length, (int) crc.getValue()));
      segments.extend(segment, position + size);
      enter(key.high(), key.low(variant), segment, position, size);
    } catch (IOException e) {
      if (alone) {
        segments.retire(segment);
      }
      throw e;
    }
    if (alone) {
      segments.add(segment, queue);
    }
  }

  /** In pieces: the runtime copies each into a buffer of its own, which it keeps. */
  private static void writeBody(Segment segment, long position, byte[] body) throws IOException {
    for (int at = 0; at < body.length; at += WRITE_BYTES) {
      segment.write(
          position + at, ByteBuffer.wrap(body, at, Math.min(WRITE_BYTES, body.length - at)));
    }
  }

  /** Begins an object that has a file of its own, and makes room for all of it. */
  Segment begin(long size) throws IOException {
    makeRoom(size);
    return segments.create(Queue.PROBATION);
  }

  /** More of an object in a file of its own has been written. */
  void grown(Segment segment, long size) {
    segments.extend(segment, size);
  }

  /** An object in a file of its own is complete. */
  void complete(Segment segment, ObjectKey key, int variant, long size) throws IOException {
    segments.extend(segment, size);
    segments.add(segment, Queue.PROBATION);
    enter(key.high(), key.low(variant), segment, 0, size);
  }

  void abandon(Segment segment) {
    segments.retire(segment);
  }

  private void enter(long high, long low, Segment segment, long position, long size)
      throws IOException {
    long location = Location.of(segment.id(), position);
    // Written by this very process, so it needs no reading through.
    index.put(high, low, Location.verified(location), units(size));
    journal.put(high, low, location, units(size));
    figures.written.increment();
    figures.bytesWritten.add(size);
  }

  static int units(long size) {
    return (int) (size / Location.UNIT_BYTES);
  }

  static long size(int units) {
    return Integer.toUnsignedLong(units) * Location.UNIT_BYTES;
  }

  private Segment open(Queue queue, long size) throws IOException {
    Segment open = queue == Queue.MAIN ? main : probation;
    if (open != null && open.size() + size <= segmentBytes) {
      return open;
    }
    if (open != null) {
      segments.add(open, queue);
    }
    Segment fresh = segments.create(queue);
    if (queue == Queue.MAIN) {
      main = fresh;
    } else {
      probation = fresh;
    }
    return fresh;
  }

  private void makeRoom(long bytes) throws IOException {
    while (segments.bytes() + bytes > limit) {
      boolean newFirst = segments.bytes(Queue.PROBATION) > limit / 10;
      Queue queue = newFirst ? Queue.PROBATION : Queue.MAIN;
      Segment oldest = segments.poll(queue);
      if (oldest == null) {
        queue = newFirst ? Queue.MAIN : Queue.PROBATION;
        oldest = segments.poll(queue);
      }
      if (oldest == null && !seal()) {
        return;
      }
      if (oldest != null) {
        reclaim(oldest, queue);
      }
    }
  }

  /** Gives everything up that is not being written this moment. */
  void clear() throws IOException {
    var unused = seal();
    for (Queue queue : Queue.values()) {
      for (Segment each = segments.poll(queue); each != null; each = segments.poll(queue)) {
        segments.retire(each);
      }
    }
    journal.clear();
  }

  /** Puts the segments that are written to into their queues. Returns whether there were any. */
  private boolean seal() {
    Segment first = probation;
    Segment second = main;
    probation = null;
    main = null;
    if (first != null) {
      segments.add(first, Queue.PROBATION);
    }
    if (second != null) {
      segments.add(second, Queue.MAIN);
    }
    return first != null || second != null;
  }

  /** An entry of the index. */
  private record Entry(long high, long low, long location, int units) {

    long size() {
      return DiskWriter.size(units);
    }

    int frequency() {
      return Location.frequency(location);
    }
  }

  private void reclaim(Segment segment, Queue queue) throws IOException {
    List<Entry> entries = new ArrayList<>();
    index.forEach(
        (high, low, location, units) -> {
          if (Location.segment(location) == segment.id()) {
            entries.add(new Entry(high, low, location, units));
          }
        });
    boolean alone = entries.size() == 1 && entries.getFirst().size() == segment.size();
    if (alone && segment.size() > segmentBytes / 4 && promoted(segment, queue, entries)) {
      return;
    }
    entries.sort(Comparator.comparingInt(Entry::frequency).reversed());
    long keepable = segment.size() / 2;
    for (Entry entry : entries) {
      boolean wanted = entry.size() <= keepable && isWanted(segment, entry);
      if (wanted && kept(segment, queue, entry)) {
        keepable -= entry.size();
      } else if (index.remove(entry.high, entry.low, entry.location)) {
        figures.evicted.increment();
        if (queue == Queue.PROBATION) {
          ghosts.add(entry.high, entry.low);
        }
      }
    }
    segments.retire(segment);
  }

  /** A large object that was asked for is not copied: its file moves to the end of the queue. */
  private boolean promoted(Segment segment, Queue queue, List<Entry> entries) throws IOException {
    Entry only = entries.getFirst();
    if (only.frequency() == 0) {
      return false;
    }
    int left = queue == Queue.MAIN ? only.frequency() - 1 : 0;
    index.move(only.high, only.low, only.location, Location.withFrequency(only.location, left));
    segments.promote(segment);
    figures.kept.increment();
    return true;
  }

  private boolean isWanted(Segment segment, Entry entry) {
    if (entry.frequency() > 0) {
      return true;
    }
    try {
      String name = ObjectReader.name(segment, entry.high, entry.low, entry.location);
      return name != null && inUse.test(name);
    } catch (IOException e) {
      return false;
    }
  }

  /** Copies an object to the main queue. */
  private boolean kept(Segment from, Queue queue, Entry entry) {
    try {
      long size = entry.size();
      Segment to = open(Queue.MAIN, size);
      long position = to.size();
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(size, WRITE_BYTES));
      long source = Location.position(entry.location);
      for (long at = 0; at < size; at += piece.limit()) {
        piece.clear().limit((int) Math.min(piece.capacity(), size - at));
        from.read(source + at, piece);
        to.write(position + at, piece.flip());
      }
      segments.extend(to, position + size);
      int left = queue == Queue.MAIN ? Math.max(0, entry.frequency() - 1) : 0;
      long location = Location.withFrequency(Location.of(to.id(), position), left);
      if (index.move(entry.high, entry.low, entry.location, location)) {
        journal.put(entry.high, entry.low, location, entry.units);
        figures.kept.increment();
        figures.bytesWritten.add(size);
      }
      return true;
    } catch (IOException e) {
      // What cannot be copied is given up; room is still made.
      figures.writeFailures.increment();
      return false;
    }
  }
}
