package io.millrace.schema;

import io.millrace.schema.RegistryOwner.Decision;
import io.millrace.schema.record.RegistryRecord;
import io.millrace.schema.record.RegistryRecord.ConfigGone;
import io.millrace.schema.record.RegistryRecord.IdsGivenOut;
import io.millrace.schema.record.RegistryRecord.ModeGone;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.RegistryRecord.SubjectDeleted;
import io.millrace.schema.record.RegistryRecord.VersionGone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deleting versions and subjects, in two steps: what is deleted can still be looked up by its id,
 * so that data stays readable, until it is deleted permanently.
 */
final class Deletion {

  private final Scopes scopes;

  Deletion(Scopes scopes) {
    this.scopes = scopes;
  }

  /** Deletes a version. */
  Decision<Integer> version(RegistryState state, String subject, Version which, boolean permanent) {
    scopes.checkWritable(state, subject);
    Subject present = existing(state, subject);
    SchemaVersion version = which.of(present);
    if (version == null) {
      throw new RegistryException(
          RegistryError.VERSION_NOT_FOUND, "Version " + which + " not found.");
    }
    String name = "Subject '" + subject + "' Version " + version.version();
    List<RegistryRecord> records = new ArrayList<>();
    if (permanent) {
      if (!version.deleted()) {
        throw new RegistryException(
            RegistryError.VERSION_NOT_SOFT_DELETED,
            name + " was not deleted first before being permanently deleted");
      }
      records.add(new VersionGone(subject, version.version()));
      records.add(idsStay(state, subject));
    } else {
      if (version.deleted()) {
        throw new RegistryException(
            RegistryError.VERSION_SOFT_DELETED,
            name + " was soft deleted. Set permanent=true to delete permanently");
      }
      checkUnreferenced(state, version);
      records.add(
          new SchemaVersion(subject, version.version(), version.id(), version.content(), true));
      if (present.live().size() == 1) {
        addSettingsGone(state, subject, records);
      }
    }
    return new Decision<>(records, version.version());
  }

  /** Deletes all versions of a subject. */
  Decision<List<Integer>> subject(RegistryState state, String subject, boolean permanent) {
    scopes.checkWritable(state, subject);
    Subject present = existing(state, subject);
    List<SchemaVersion> live = present.live();
    List<RegistryRecord> records = new ArrayList<>();
    List<Integer> deleted = new ArrayList<>();
    if (permanent) {
      if (!live.isEmpty()) {
        throw new RegistryException(
            RegistryError.SUBJECT_NOT_SOFT_DELETED,
            "Subject '" + subject + "' was not deleted first before being permanently deleted");
      }
      for (SchemaVersion version : present.versions()) {
        records.add(new VersionGone(subject, version.version()));
        deleted.add(version.version());
      }
      records.add(idsStay(state, subject));
    } else {
      if (live.isEmpty()) {
        throw new RegistryException(
            RegistryError.SUBJECT_SOFT_DELETED,
            "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
      }
      for (SchemaVersion version : live) {
        checkUnreferenced(state, version);
        deleted.add(version.version());
      }
      // The record replaces one of before, so it has to cover what that one has deleted.
      records.add(new SubjectDeleted(subject, present.versions().getLast().version()));
      addSettingsGone(state, subject, records);
    }
    return new Decision<>(records, deleted);
  }

  private static Subject existing(RegistryState state, String subject) {
    Subject present = state.subject(subject);
    if (present == null) {
      throw new RegistryException(
          RegistryError.SUBJECT_NOT_FOUND, "Subject '" + subject + "' not found.");
    }
    return present;
  }

  /** Schemas of the same subject that go with it count too: they are to be deleted first. */
  private static void checkUnreferenced(RegistryState state, SchemaVersion version) {
    if (!state.referrers(version.subject(), version.version()).isEmpty()) {
      throw new RegistryException(
          RegistryError.REFERENCE_EXISTS,
          "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject="
              + version.subject()
              + ",version="
              + version.version()
              + "}.");
    }
  }

  private static void addSettingsGone(
      RegistryState state, String subject, List<RegistryRecord> records) {
    if (state.config(subject) != null) {
      records.add(new ConfigGone(subject));
    }
    if (state.mode(subject) != null) {
      records.add(new ModeGone(subject));
    }
  }

  /** The record replaces its predecessor, so it has to name all contexts. */
  private static IdsGivenOut idsStay(RegistryState state, String subject) {
    Map<String, Integer> largest = new TreeMap<>(state.largestIds());
    largest.putIfAbsent(SubjectName.context(subject), 0);
    return new IdsGivenOut(largest);
  }
}
