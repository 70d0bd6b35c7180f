package io.millrace.cdn.view;

import org.jspecify.annotations.Nullable;

/**
 * All documents of a view at one version. Immutable; any thread may read it. The index is rendered
 * when it is first asked for, and kept.
 */
final class Board {

  private final long version;
  private final long changedMillis;
  private final KeyDocument[] documents;
  private volatile byte @Nullable [] index;
  private volatile byte @Nullable [] event;
  private volatile @Nullable String etag;

  /**
   * @param documents not to be changed by the caller
   */
  Board(long version, long changedMillis, KeyDocument[] documents) {
    this.version = version;
    this.changedMillis = changedMillis;
    this.documents = documents;
  }

  /** Of the newest event; that of a document is the same or lower. */
  long version() {
    return version;
  }

  long changedMillis() {
    return changedMillis;
  }

  int keys() {
    return documents.length;
  }

  /** All documents with those of changed slots in the place of their former ones. */
  KeyDocument[] copy(int keys) {
    KeyDocument[] next = new KeyDocument[keys];
    System.arraycopy(documents, 0, next, 0, Math.min(keys, documents.length));
    return next;
  }

  byte[] index() {
    byte[] made = index;
    if (made == null) {
      made = ViewShape.index(documents, version);
      index = made;
    }
    return made;
  }

  String etag() {
    String made = etag;
    if (made == null) {
      made = KeyDocument.etagOf(index());
      etag = made;
    }
    return made;
  }

  /** The index as an event that replaces whatever a viewer has. */
  byte[] event() {
    byte[] made = event;
    if (made == null) {
      made = ViewShape.event(ViewShape.STATE, version, index());
      event = made;
    }
    return made;
  }
}
