package io.millrace.schema;

import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SchemaContent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subject as it stands. Immutable: a change makes another one, so whoever has decided by one can
 * see whether it is still the same.
 *
 * @param versions the oldest first, deleted ones included; never empty
 */
public record Subject(String name, List<SchemaVersion> versions) {

  /** Takes an unmodifiable copy. */
  public Subject {
    versions = List.copyOf(versions);
  }

  /** Those that are not deleted, the oldest first. */
  public List<SchemaVersion> live() {
    return versions.stream().filter(version -> !version.deleted()).toList();
  }

  /** The newest that is not deleted. */
  public @Nullable SchemaVersion latest() {
    return versions.reversed().stream()
        .filter(version -> !version.deleted())
        .findFirst()
        .orElse(null);
  }

  /** The version of that number, deleted or not. */
  public @Nullable SchemaVersion version(int number) {
    return versions.stream()
        .filter(version -> version.version() == number)
        .findFirst()
        .orElse(null);
  }

  /** The newest version with a content. */
  public @Nullable SchemaVersion with(SchemaContent content, boolean deletedToo) {
    return versions.reversed().stream()
        .filter(version -> (deletedToo || !version.deleted()) && version.content().equals(content))
        .findFirst()
        .orElse(null);
  }

  /** What the next version is numbered. */
  public int nextVersion() {
    return versions.getLast().version() + 1;
  }

  Subject with(SchemaVersion changed) {
    List<SchemaVersion> next = new ArrayList<>(versions.size() + 1);
    boolean placed = false;
    for (SchemaVersion version : versions) {
      if (!placed && version.version() >= changed.version()) {
        next.add(changed);
        placed = true;
      }
      if (version.version() != changed.version()) {
        next.add(version);
      }
    }
    if (!placed) {
      next.add(changed);
    }
    return new Subject(name, next);
  }

  @Nullable Subject without(int number) {
    List<SchemaVersion> rest =
        versions.stream().filter(version -> version.version() != number).toList();
    return rest.isEmpty() ? null : new Subject(name, rest);
  }
}
