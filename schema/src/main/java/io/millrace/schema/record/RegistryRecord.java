package io.millrace.schema.record;

import java.util.Map;

/** What a record of the registry's topic says. */
public sealed interface RegistryRecord {

  /** A version of a subject, as it is from now on. */
  record SchemaVersion(String subject, int version, int id, SchemaContent content, boolean deleted)
      implements RegistryRecord {}

  /** A version is gone for good. */
  record VersionGone(String subject, int version) implements RegistryRecord {}

  /**
   * Settings.
   *
   * @param scope a subject, a context as {@code :.name:}, or empty for all
   */
  record ConfigSet(String scope, SubjectConfig config) implements RegistryRecord {}

  /** Settings are those of the next wider scope again. */
  record ConfigGone(String scope) implements RegistryRecord {}

  /** A mode; the scope is as in {@link ConfigSet}. */
  record ModeSet(String scope, Mode mode) implements RegistryRecord {}

  /** The mode is that of the next wider scope again. */
  record ModeGone(String scope) implements RegistryRecord {}

  /** All versions of a subject up to this one are deleted, but can still be looked up by id. */
  record SubjectDeleted(String subject, int version) implements RegistryRecord {}

  /** All deleted versions of a subject are gone for good. */
  record SubjectCleared(String subject) implements RegistryRecord {}

  /**
   * The largest ids that were given out, by context: without it an id could be given out again once
   * the schema that had it is gone and compacted away.
   */
  record IdsGivenOut(Map<String, Integer> largest) implements RegistryRecord {

    /** Takes an unmodifiable copy. */
    public IdsGivenOut {
      largest = Map.copyOf(largest);
    }
  }
}
