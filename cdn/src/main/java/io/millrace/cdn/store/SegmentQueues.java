package io.millrace.cdn.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of a folder in two queues, oldest first: probation for what is new, main for
 * what was asked for again. Segments are made and given up by the store's thread; any may find one.
 */
final class SegmentQueues {

  /** Where a segment stands, and the end of its file's name. */
  enum Queue {
    PROBATION(".new"),
    MAIN(".main");

    private final String suffix;

    Queue(String suffix) {
      this.suffix = suffix;
    }
  }

  private final Path folder;
  private final DiskChannels channels;
  private final ConcurrentMap<Integer, Segment> byId = new ConcurrentHashMap<>();
  private final Deque<Segment> probation = new ArrayDeque<>();
  private final Deque<Segment> main = new ArrayDeque<>();
  private int nextId = 1;
  private final AtomicLong bytes = new AtomicLong();

  private SegmentQueues(Path folder, DiskChannels channels) {
    this.folder = folder;
    this.channels = channels;
  }

  /** Opens the files that are there. */
  static SegmentQueues open(Path folder, DiskChannels channels) throws IOException {
    SegmentQueues queues = new SegmentQueues(folder, channels);
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> listed = Files.newDirectoryStream(folder, "*.{new,main}")) {
      listed.forEach(files::add);
    }
    files.sort(Comparator.comparing(path -> path.getFileName().toString()));
    for (Path file : files) {
      queues.adopt(file);
    }
    return queues;
  }

  private void adopt(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.length() < 8) {
      return;
    }
    int id;
    try {
      id = Integer.parseUnsignedInt(name.substring(0, 8), 16);
    } catch (NumberFormatException e) {
      return;
    }
    Queue queue = name.endsWith(Queue.MAIN.suffix) ? Queue.MAIN : Queue.PROBATION;
    Segment segment = new Segment(id, file, channels.open(file), Files.size(file));
    byId.put(id, segment);
    bytes.addAndGet(segment.size());
    nextId = Math.max(nextId, id + 1);
    add(segment, queue);
  }

  /** Ids up to this one are spoken for. */
  void reserve(int id) {
    nextId = Math.max(nextId, id + 1);
  }

  @Nullable Segment find(int id) {
    return byId.get(id);
  }

  /** All bytes of all files. */
  long bytes() {
    return bytes.get();
  }

  int count() {
    return byId.size();
  }

  /** Bytes of what waits in a queue. */
  long bytes(Queue queue) {
    return deque(queue).stream().mapToLong(Segment::size).sum();
  }

  private Deque<Segment> deque(Queue queue) {
    return queue == Queue.MAIN ? main : probation;
  }

  /** Makes a segment, which is in neither queue yet. */
  Segment create(Queue queue) throws IOException {
    int id = nextId++;
    if (id >= Location.MOST_SEGMENTS) {
      throw new IOException("all numbers of segments in " + folder + " are used up");
    }
    Path path = folder.resolve("%08x%s".formatted(id, queue.suffix));
    Segment segment = new Segment(id, path, channels.open(path), 0);
    byId.put(id, segment);
    return segment;
  }

  /** More of a segment is in use. */
  void extend(Segment segment, long size) {
    bytes.addAndGet(size - segment.size());
    segment.extend(size);
  }

  /** A segment takes its place at the end of a queue. */
  void add(Segment segment, Queue queue) {
    deque(queue).add(segment);
  }

  /** Takes the oldest segment out of a queue, or returns null. */
  @Nullable Segment poll(Queue queue) {
    return deque(queue).poll();
  }

  /** Moves a segment that was polled to the end of the main queue. */
  void promote(Segment segment) throws IOException {
    segment.rename(folder.resolve("%08x%s".formatted(segment.id(), Queue.MAIN.suffix)));
    main.add(segment);
  }

  /** Deletes a segment that is in no queue. */
  void retire(Segment segment) {
    byId.remove(segment.id());
    bytes.addAndGet(-segment.size());
    segment.retire();
  }

  /** Closes all files that nobody reads. */
  void close() {
    byId.values().forEach(Segment::release);
    byId.clear();
  }
}
