package io.millrace.cdn.view;

import io.millrace.cdn.origin.EventSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One viewer of one key, or of all, and how far it has been told. Confined to the viewer's loop.
 */
final class Follower implements EventSource {

  private final LiveStreams streams;
  private final @Nullable String key;
  private @Nullable Viewer viewer;

  /** Its place among its peers; the audience's. */
  int at;

  /** All events up to this one are known to the viewer. */
  long version;

  /**
   * @param key null for all keys
   */
  Follower(LiveStreams streams, @Nullable String key) {
    this.streams = streams;
    this.key = key;
  }

  @Nullable String key() {
    return key;
  }

  Viewer viewer() {
    Viewer present = viewer;
    if (present == null) {
      throw new IllegalStateException("nobody has subscribed yet");
    }
    return present;
  }

  @Override
  public Runnable subscribe(Viewer who, @Nullable String lastEventId) {
    viewer = who;
    Audience audience = streams.audienceOf(who.loop());
    audience.add(this, lastEventId);
    return () -> audience.remove(this);
  }

  /** Offers an event, unless it is known. Returns whether it was taken; it is yet to be flushed. */
  boolean offer(LiveEvent event) {
    if (event.version() <= version || !viewer().offer(event.bytes().retainedDuplicate(), 1)) {
      return false;
    }
    version = event.version();
    return true;
  }

  /** Offers all events of a batch, which stand one after the other in {@code joined}. */
  void offer(EventBatch batch, ByteBuf joined) {
    if (version >= batch.first()) {
      batch.events().forEach(this::offer);
      viewer().flush();
    } else if (viewer().offer(joined.retainedDuplicate(), batch.events().size())) {
      version = batch.last();
      viewer().flush();
    }
  }

  /** Whether nothing has changed since that version, which may be from long ago. */
  boolean hasCurrent(long known) {
    if (key == null) {
      return false;
    }
    KeyDocument document = streams.state().document(key);
    boolean current = document != null && document.version() == known;
    if (current) {
      version = known;
    }
    return current;
  }

  /** Offers the present state, unless that is known. */
  void sendState() {
    long before = version;
    ByteBuf event = latest();
    if (version == before) {
      event.release();
    } else if (viewer().offer(event, 1)) {
      viewer().flush();
    }
  }

  @Override
  public ByteBuf latest() {
    // The board first: what is published between the two reads is in the document already or is
    // yet to come, and is told by its version which of both.
    Board board = streams.state().board();
    if (key == null) {
      version = board.version();
      return Unpooled.wrappedBuffer(board.event());
    }
    KeyDocument document = streams.state().document(key);
    if (document == null) {
      document = streams.state().empty(key, board.version(), board.changedMillis());
    }
    version = document.version();
    return Unpooled.wrappedBuffer(document.event());
  }
}
