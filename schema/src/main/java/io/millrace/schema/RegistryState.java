package io.millrace.schema;

import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.RegistryRecord;
import io.millrace.schema.record.RegistryRecord.ConfigGone;
import io.millrace.schema.record.RegistryRecord.ConfigSet;
import io.millrace.schema.record.RegistryRecord.IdsGivenOut;
import io.millrace.schema.record.RegistryRecord.ModeGone;
import io.millrace.schema.record.RegistryRecord.ModeSet;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.RegistryRecord.SubjectCleared;
import io.millrace.schema.record.RegistryRecord.SubjectDeleted;
import io.millrace.schema.record.RegistryRecord.VersionGone;
import io.millrace.schema.record.SchemaContent;
import io.millrace.schema.record.SubjectConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records of the topic add up to. The registry's thread applies records; any thread reads,
 * and sees each subject, id and setting as it was before or after a record.
 */
public final class RegistryState {

  private final Map<String, Subject> subjects = new ConcurrentSkipListMap<>();
  private final Map<String, SubjectConfig> configs = new ConcurrentHashMap<>();
  private final Map<String, Mode> modes = new ConcurrentHashMap<>();
  private final Map<String, ContextIds> contexts = new ConcurrentHashMap<>();

  /** The versions that refer to a version; only such as are not deleted. */
  private final Map<VersionName, SortedSet<VersionName>> referrers = new ConcurrentHashMap<>();

  /** A version of a subject. */
  public record VersionName(String subject, int version) implements Comparable<VersionName> {

    @Override
    public int compareTo(VersionName other) {
      int order = subject.compareTo(other.subject);
      return order != 0 ? order : Integer.compare(version, other.version);
    }
  }

  // ---- read ----

  /** A subject, or null when it has no version, not even a deleted one. */
  public @Nullable Subject subject(String name) {
    return subjects.get(name);
  }

  /** All subjects by name. */
  public Collection<Subject> subjects() {
    return subjects.values();
  }

  /** The contexts that have subjects, and the default one. */
  public SortedSet<String> contexts() {
    SortedSet<String> names = new TreeSet<>(List.of("."));
    subjects.keySet().forEach(subject -> names.add(SubjectName.context(subject)));
    return names;
  }

  /** The settings of exactly that scope, or null. */
  public @Nullable SubjectConfig config(String scope) {
    return configs.get(scope);
  }

  /** The mode of exactly that scope, or null. */
  public @Nullable Mode mode(String scope) {
    return modes.get(scope);
  }

  /** Versions that have an id, deleted ones included, by subject. */
  public List<SchemaVersion> withId(String context, int id) {
    ContextIds ids = contexts.get(context);
    List<SchemaVersion> found = new ArrayList<>();
    if (ids != null) {
      for (VersionName name : ids.uses(id)) {
        SchemaVersion version = version(name);
        if (version != null) {
          found.add(version);
        }
      }
    }
    return found;
  }

  /** The id of a content, or 0 when it has none. */
  int idOf(String context, SchemaContent content) {
    ContextIds ids = contexts.get(context);
    return ids == null ? 0 : ids.of(content);
  }

  /** The largest id that was given out in a context; 0 for none. */
  public int largestId(String context) {
    ContextIds ids = contexts.get(context);
    return ids == null ? 0 : ids.largest();
  }

  /** The same for all contexts that have given one out. */
  Map<String, Integer> largestIds() {
    Map<String, Integer> largest = new TreeMap<>();
    contexts.forEach((context, ids) -> largest.put(context, ids.largest()));
    return largest;
  }

  /** Versions, not deleted, whose schemas use a version. */
  public List<SchemaVersion> referrers(String subject, int version) {
    SortedSet<VersionName> names = referrers.get(new VersionName(subject, version));
    List<SchemaVersion> found = new ArrayList<>();
    if (names != null) {
      for (VersionName name : List.copyOf(names)) {
        SchemaVersion referrer = version(name);
        if (referrer != null) {
          found.add(referrer);
        }
      }
    }
    return found;
  }

  private @Nullable SchemaVersion version(VersionName name) {
    Subject subject = subjects.get(name.subject());
    return subject == null ? null : subject.version(name.version());
  }

  // ---- apply ----

  void clear() {
    subjects.clear();
    configs.clear();
    modes.clear();
    contexts.clear();
    referrers.clear();
  }

  void apply(RegistryRecord record) {
    switch (record) {
      case SchemaVersion version -> put(version);
      case VersionGone gone -> remove(gone.subject(), gone.version());
      case ConfigSet set -> configs.put(set.scope(), set.config());
      case ConfigGone gone -> configs.remove(gone.scope());
      case ModeSet set -> modes.put(set.scope(), set.mode());
      case ModeGone gone -> modes.remove(gone.scope());
      case SubjectDeleted deleted -> delete(deleted);
      case SubjectCleared cleared -> clear(cleared.subject());
      case IdsGivenOut ids -> ids.largest().forEach((context, id) -> ids(context).reached(id));
    }
  }

  private ContextIds ids(String context) {
    return contexts.computeIfAbsent(context, unused -> new ContextIds());
  }

  private void put(SchemaVersion given) {
    ContextIds ids = ids(SubjectName.context(given.subject()));
    SchemaVersion version = withSharedContent(given, ids);
    VersionName name = new VersionName(version.subject(), version.version());
    Subject before = subjects.get(version.subject());
    SchemaVersion old = before == null ? null : before.version(version.version());
    if (old != null) {
      referencesEnd(old);
      if (old.id() != version.id()) {
        ids.remove(old.id(), name);
      }
    }
    ids.add(version.id(), version.content(), name);
    if (!version.deleted()) {
      references(version)
          .forEach(target -> referrers.computeIfAbsent(target, unused -> newNames()).add(name));
    }
    subjects.put(
        version.subject(),
        before == null ? new Subject(version.subject(), List.of(version)) : before.with(version));
  }

  /** A schema that many subjects share is in memory once. */
  private static SchemaVersion withSharedContent(SchemaVersion given, ContextIds ids) {
    SchemaContent shared = ids.content(given.id());
    return shared != null && shared.equals(given.content())
        ? new SchemaVersion(given.subject(), given.version(), given.id(), shared, given.deleted())
        : given;
  }

  private static SortedSet<VersionName> newNames() {
    return new java.util.concurrent.ConcurrentSkipListSet<>();
  }

  private static List<VersionName> references(SchemaVersion version) {
    String context = SubjectName.context(version.subject());
    List<VersionName> targets = new ArrayList<>();
    for (SchemaReference reference : version.content().references()) {
      targets.add(
          new VersionName(SubjectName.within(context, reference.subject()), reference.version()));
    }
    return targets;
  }

  private void referencesEnd(SchemaVersion version) {
    VersionName name = new VersionName(version.subject(), version.version());
    for (VersionName target : references(version)) {
      SortedSet<VersionName> names = referrers.get(target);
      if (names != null) {
        names.remove(name);
        if (names.isEmpty()) {
          referrers.remove(target);
        }
      }
    }
  }

  private void remove(String subject, int number) {
    Subject before = subjects.get(subject);
    SchemaVersion version = before == null ? null : before.version(number);
    if (before == null || version == null) {
      return;
    }
    referencesEnd(version);
    ids(SubjectName.context(subject)).remove(version.id(), new VersionName(subject, number));
    Subject after = before.without(number);
    if (after == null) {
      subjects.remove(subject);
    } else {
      subjects.put(subject, after);
    }
  }

  private void delete(SubjectDeleted deleted) {
    Subject before = subjects.get(deleted.subject());
    if (before == null) {
      return;
    }
    List<SchemaVersion> versions = new ArrayList<>();
    for (SchemaVersion version : before.versions()) {
      if (version.version() <= deleted.version() && !version.deleted()) {
        referencesEnd(version);
        versions.add(
            new SchemaVersion(
                version.subject(), version.version(), version.id(), version.content(), true));
      } else {
        versions.add(version);
      }
    }
    subjects.put(deleted.subject(), new Subject(deleted.subject(), versions));
  }

  private void clear(String subject) {
    Subject before = subjects.get(subject);
    if (before != null) {
      for (SchemaVersion version : before.versions()) {
        if (version.deleted()) {
          remove(subject, version.version());
        }
      }
    }
  }

  // ---- compare ----

  /** All of it in one value, to be compared with that of another state. */
  Map<String, Object> image() {
    Map<String, Object> image = new TreeMap<>();
    image.put("subjects", Map.copyOf(subjects));
    image.put("configs", Map.copyOf(configs));
    image.put("modes", Map.copyOf(modes));
    Map<VersionName, List<VersionName>> names = new TreeMap<>();
    referrers.forEach((target, by) -> names.put(target, List.copyOf(by)));
    image.put("referrers", names);
    Map<String, Object> ids = new TreeMap<>();
    contexts.forEach((context, of) -> ids.put(context, of.image()));
    image.put("ids", ids);
    return image;
  }
}
