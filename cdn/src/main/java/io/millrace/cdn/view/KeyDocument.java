package io.millrace.cdn.view;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a view shows of one key at one version. Immutable; any thread may read it. The rendered
 * forms are made when they are first asked for, and kept: two threads that ask at once make the
 * same.
 */
final class KeyDocument {

  private final ViewShape shape;
  private final byte[] quotedKey;
  private final long version;
  private final long changedMillis;
  private final byte[][][] values;
  private volatile byte @Nullable [] body;
  private volatile byte @Nullable [] summary;
  private volatile byte @Nullable [] event;
  private volatile @Nullable String etag;

  /**
   * @param values by member, oldest first; not to be changed by the caller
   */
  KeyDocument(
      ViewShape shape, byte[] quotedKey, long version, long changedMillis, byte[][][] values) {
    this.shape = shape;
    this.quotedKey = quotedKey;
    this.version = version;
    this.changedMillis = changedMillis;
    this.values = values;
  }

  long version() {
    return version;
  }

  long changedMillis() {
    return changedMillis;
  }

  /** The document: the key, all values by member, the version. */
  byte[] body() {
    byte[] made = body;
    if (made == null) {
      made = shape.document(quotedKey, values, version);
      body = made;
    }
    return made;
  }

  /** A strong entity tag: a hash of the body. */
  String etag() {
    String made = etag;
    if (made == null) {
      made = etagOf(body());
      etag = made;
    }
    return made;
  }

  /** As a member of the index: the key and the newest value of each topic. */
  byte[] summary() {
    byte[] made = summary;
    if (made == null) {
      made = shape.summary(quotedKey, values, version);
      summary = made;
    }
    return made;
  }

  /** The document as an event that replaces whatever a viewer has of the key. */
  byte[] event() {
    byte[] made = event;
    if (made == null) {
      made = ViewShape.event(ViewShape.REPLACE, version, body());
      event = made;
    }
    return made;
  }

  static String etagOf(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return new String(body(), StandardCharsets.UTF_8);
  }
}
