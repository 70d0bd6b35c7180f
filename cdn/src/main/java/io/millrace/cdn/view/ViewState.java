package io.millrace.cdn.view;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a view and their values. Owned by the reader; only {@link #board} and {@link
 * #document} may be called by other threads: they give what was published.
 *
 * <p>A key is published at most so many times a second: until then its records gather, and leave as
 * one new document and one event. Versions are handed out at publication, so they rise from event
 * to event, and a document or a board of version <i>v</i> holds just what the events up to <i>v</i>
 * have told.
 *
 * <p>Versions start from the time of the start in microseconds, so those of a later start are
 * higher, as long as fewer than a million changes a second were published; they stay below 2^53,
 * where JavaScript's whole numbers end, until the year 2255.
 */
final class ViewState {

  /** Events are handed on when they have this many bytes, which bounds a batch. */
  private static final int BATCH_BYTES = 128 * 1024;

  private final TopicViewSettings settings;
  private final ViewFigures figures;
  private final ViewShape shape;
  private final long intervalNanos;
  private final Map<String, KeyState> keys = new LinkedHashMap<>(64, 0.75f, true);
  private final List<KeyState> slots = new ArrayList<>();
  private final ConcurrentMap<String, KeyDocument> documents = new ConcurrentHashMap<>();
  private List<KeyState> dirty = new ArrayList<>();
  private List<KeyState> stillDirty = new ArrayList<>();
  private final List<KeyState> moved = new ArrayList<>();
  private long version;
  private volatile long bytes;
  private volatile Board board;

  ViewState(TopicViewSettings settings, ViewFigures figures, long nowMillis) {
    this.settings = settings;
    this.figures = figures;
    this.shape = new ViewShape(settings.topics());
    this.intervalNanos =
        settings.publishesPerSecond() == 0
            ? 0
            : TimeUnit.SECONDS.toNanos(1) / settings.publishesPerSecond();
    this.version = nowMillis * 1000;
    this.board = new Board(version, nowMillis, new KeyDocument[0]);
  }

  /** Everything as last published; any thread. */
  Board board() {
    return board;
  }

  /** A key's document as last published, or null; any thread. */
  @Nullable KeyDocument document(String key) {
    return documents.get(key);
  }

  /** The document of a key that has no values. */
  KeyDocument empty(String key, long atVersion, long nowMillis) {
    return new KeyState(key, settings.topics().size()).document(shape, atVersion, nowMillis);
  }

  /** Memory of keys and values, about; any thread. */
  long bytes() {
    return bytes;
  }

  /**
   * Takes a record in.
   *
   * @param value its JSON on one line; null takes the key's values of this topic away
   */
  void apply(int member, String key, byte @Nullable [] value) {
    KeyState state = keys.get(key);
    if (value == null) {
      if (state != null) {
        clear(state, member);
      }
      return;
    }
    if (state == null) {
      if (keys.size() >= settings.maxKeys()) {
        evictEldest();
      }
      state = new KeyState(key, settings.topics().size());
      keys.put(key, state);
      count(state.bytes());
    }
    long before = state.bytes();
    state.add(member, value, settings.topics().get(member).keep());
    count(state.bytes() - before);
    soil(state);
    while (bytes > settings.maxBytes() && keys.size() > 1) {
      evictEldest();
    }
  }

  /** Takes the values of one topic away from all keys. */
  void clear(int member) {
    for (KeyState state : keys.values()) {
      clear(state, member);
    }
  }

  private void clear(KeyState state, int member) {
    long before = state.bytes();
    state.clear(member);
    count(state.bytes() - before);
    soil(state);
  }

  private void soil(KeyState state) {
    if (!state.dirty) {
      state.dirty = true;
      dirty.add(state);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the reader only
  private void count(long more) {
    bytes += more;
  }

  private void evictEldest() {
    KeyState eldest = keys.values().iterator().next();
    figures.evicted.increment();
    eldest.evicted = true;
    forget(eldest);
  }

  private void forget(KeyState state) {
    keys.remove(state.key);
    documents.remove(state.key);
    count(-state.bytes());
    if (state.slot >= 0) {
      KeyState last = slots.removeLast();
      if (last != state) {
        slots.set(state.slot, last);
        last.slot = state.slot;
        moved.add(last);
      }
      state.slot = -1;
    }
  }

  /** Whether something waits to be published. */
  boolean isDirty() {
    return !dirty.isEmpty();
  }

  /** When the next change is due, by the monotonic clock: now, if it is overdue. */
  long nextDueNanos(long nowNanos) {
    long least = Long.MAX_VALUE;
    for (KeyState state : dirty) {
      least = Math.min(least, Math.max(0, dueIn(state, nowNanos)));
    }
    return least == Long.MAX_VALUE ? least : nowNanos + least;
  }

  private long dueIn(KeyState state, long nowNanos) {
    return state.published ? state.publishedNanos + intervalNanos - nowNanos : 0;
  }

  /**
   * Publishes what is due, as far as one batch holds it.
   *
   * @param encodes whether events are wanted
   * @return owned by the caller; null when nothing was due
   */
  @Nullable EventBatch publish(long nowNanos, long nowMillis, boolean encodes) {
    List<LiveEvent> events = new ArrayList<>();
    List<KeyState> changed = new ArrayList<>();
    long first = version + 1;
    int encoded = 0;
    stillDirty.clear();
    for (KeyState state : dirty) {
      if (state.evicted) {
        continue;
      }
      if (encoded > BATCH_BYTES || dueIn(state, nowNanos) > 0) {
        stillDirty.add(state);
        continue;
      }
      state.dirty = false;
      KeyDocument document = state.document(shape, ++version, nowMillis);
      if (encodes) {
        ByteBuf event = direct(state.event(shape, document));
        encoded += event.readableBytes();
        events.add(new LiveEvent(state.key, version, event));
      }
      state.settled(nowNanos);
      if (state.isEmpty()) {
        forget(state);
      } else {
        documents.put(state.key, document);
        changed.add(state);
      }
    }
    List<KeyState> swap = dirty;
    dirty = stillDirty;
    stillDirty = swap;
    if (version < first) {
      return null;
    }
    figures.published.add(version - first + 1);
    figures.events.add(events.size());
    place(changed, nowMillis);
    return new EventBatch(first, version, events);
  }

  /** Makes the next board: the former one with changed documents in their places. */
  private void place(List<KeyState> changed, long nowMillis) {
    for (KeyState state : changed) {
      if (state.slot < 0 && !state.evicted) {
        state.slot = slots.size();
        slots.add(state);
      }
    }
    KeyDocument[] next = board.copy(slots.size());
    moved.addAll(changed);
    for (KeyState state : moved) {
      KeyDocument document = documents.get(state.key);
      if (state.slot >= 0 && document != null) {
        next[state.slot] = document;
      }
    }
    moved.clear();
    board = new Board(version, nowMillis, next);
  }

  private static ByteBuf direct(byte[] bytes) {
    return Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
  }
}
