package io.millrace.schema;

import io.millrace.schema.RegistryOwner.Decision;
import io.millrace.schema.SchemaReader.Read;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SchemaContent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registering schemas. A schema is read and compared on the caller's thread, since that takes what
 * time the schema likes; the registry's thread then takes it only if what it was compared with is
 * still so, else all is done again.
 */
final class Registration {

  private static final int MOST_ATTEMPTS = 100;

  /** Of versions whose text another program wrote, in its own canonical form. */
  private static final int MOST_REREAD = 100;

  private final RegistryOwner owner;
  private final SchemaReader reader;
  private final CompatibilityCheck compatibility;
  private final Scopes scopes;

  Registration(
      RegistryOwner owner, SchemaReader reader, CompatibilityCheck compatibility, Scopes scopes) {
    this.owner = owner;
    this.reader = reader;
    this.compatibility = compatibility;
    this.scopes = scopes;
  }

  /** What a decision rests on. */
  private record Basis(@Nullable Subject subject, Mode mode, CompatibilityLevel level) {

    @SuppressWarnings("ReferenceEquality") // a subject that has changed is another object
    boolean holds(Basis now) {
      return subject == now.subject && mode == now.mode && level == now.level;
    }
  }

  private Basis basis(RegistryState state, String subject) {
    return new Basis(
        state.subject(subject), scopes.mode(state, subject), scopes.compatibility(state, subject));
  }

  SchemaVersion register(String subject, NewSchema given, boolean normalize)
      throws InterruptedException {
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
      Optional<SchemaVersion> done = attempt(subject, given, normalize);
      if (done.isPresent()) {
        return done.get();
      }
    }
    throw new RegistryException(
        RegistryError.TIMEOUT, "Subject " + subject + " changes too often to be registered to");
  }

  private Optional<SchemaVersion> attempt(String subject, NewSchema given, boolean normalize)
      throws InterruptedException {
    RegistryState state = owner.state();
    Basis basis = basis(state, subject);
    Read read = reader.read(state, subject, given, normalize || scopes.normalize(state, subject));
    SchemaVersion present = basis.subject() == null ? null : find(state, basis.subject(), read);
    if (present != null && (given.id() == 0 || given.id() == present.id())) {
      return Optional.of(present);
    }
    checkMode(subject, given, basis);
    if (basis.mode() != Mode.IMPORT && basis.subject() != null) {
      List<String> reasons =
          compatibility.againstSubject(state, basis.level(), read, basis.subject().live());
      if (!reasons.isEmpty()) {
        throw new RegistryException(
            RegistryError.INCOMPATIBLE_SCHEMA,
            "Schema being registered is incompatible with an earlier schema for subject \""
                + subject
                + "\", details: "
                + reasons);
      }
    }
    return owner.write(
        now ->
            basis.holds(basis(now, subject)) && referencesLive(now, subject, read.content())
                ? decide(now, subject, given, read.content(), basis)
                : new Decision<>(List.of(), Optional.<SchemaVersion>empty()));
  }

  private static void checkMode(String subject, NewSchema given, Basis basis) {
    if (basis.mode().isReadOnly()) {
      throw notPermitted("Subject " + subject + " is in read-only mode");
    }
    if (basis.mode() == Mode.IMPORT && given.id() == 0) {
      throw notPermitted("Subject " + subject + " is in import mode, where schemas need an id");
    }
    if (basis.mode() != Mode.IMPORT && given.id() != 0) {
      throw notPermitted("Subject " + subject + " is not in import mode");
    }
  }

  private static boolean referencesLive(RegistryState now, String subject, SchemaContent content) {
    String context = SubjectName.context(subject);
    return content.references().stream()
        .allMatch(
            reference -> {
              Subject target = now.subject(SubjectName.within(context, reference.subject()));
              SchemaVersion version = target == null ? null : target.version(reference.version());
              return version != null && !version.deleted();
            });
  }

  private static Decision<Optional<SchemaVersion>> decide(
      RegistryState state, String subject, NewSchema given, SchemaContent content, Basis basis) {
    String context = SubjectName.context(subject);
    Subject present = basis.subject();
    int next = present == null ? 1 : present.nextVersion();
    boolean importing = basis.mode() == Mode.IMPORT;
    if (!importing && given.version() > 0 && given.version() != next) {
      throw new RegistryException(
          RegistryError.INVALID_SCHEMA,
          "Version " + given.version() + " is not one more than previous version " + (next - 1));
    }
    int version = given.version() > 0 ? given.version() : next;
    int id = importing ? given.id() : state.idOf(context, content);
    if (importing) {
      checkImport(state, context, present, given, content);
    } else if (id == 0) {
      if (state.largestId(context) == Integer.MAX_VALUE) {
        throw notPermitted("All ids are given out");
      }
      id = state.largestId(context) + 1;
    }
    SchemaVersion record = new SchemaVersion(subject, version, id, content, false);
    return new Decision<>(List.of(record), Optional.of(record));
  }

  private static void checkImport(
      RegistryState state,
      String context,
      @Nullable Subject present,
      NewSchema given,
      SchemaContent content) {
    for (SchemaVersion used : state.withId(context, given.id())) {
      if (!used.content().equals(content)) {
        throw notPermitted("Overwrite new schema with id " + given.id() + " is not permitted.");
      }
    }
    SchemaVersion old = present == null ? null : present.version(given.version());
    if (old != null && (old.id() != given.id() || !old.content().equals(content))) {
      throw notPermitted(
          "Version " + given.version() + " of subject " + old.subject() + " is another schema");
    }
  }

  private static RegistryException notPermitted(String message) {
    return new RegistryException(RegistryError.OPERATION_NOT_PERMITTED, message);
  }

  // ---- look up ----

  /** The version of a subject that a schema is, the newest when it is several. */
  SchemaVersion lookUp(String subject, NewSchema given, boolean normalize, boolean deletedToo)
      throws InterruptedException {
    RegistryState state = owner.state();
    Subject present = state.subject(subject);
    if (present == null || (!deletedToo && present.latest() == null)) {
      throw new RegistryException(
          RegistryError.SUBJECT_NOT_FOUND, "Subject '" + subject + "' not found.");
    }
    Read read = reader.read(state, subject, given, normalize || scopes.normalize(state, subject));
    SchemaVersion found = find(state, present, read);
    if (found == null && deletedToo) {
      found = present.with(read.content(), true);
    }
    if (found == null) {
      throw new RegistryException(RegistryError.SCHEMA_NOT_FOUND, "Schema not found");
    }
    return found;
  }

  private @Nullable SchemaVersion find(RegistryState state, Subject subject, Read read) {
    SchemaVersion same = subject.with(read.content(), false);
    if (same != null) {
      return same;
    }
    return subject.live().reversed().stream()
        .limit(MOST_REREAD)
        .filter(version -> version.content().type() == read.content().type())
        .filter(version -> readsAlike(state, version, read.content()))
        .findFirst()
        .orElse(null);
  }

  /** Whether a stored text, once it is brought into our own canonical form, is the content. */
  private boolean readsAlike(RegistryState state, SchemaVersion stored, SchemaContent content) {
    SchemaContent old = stored.content();
    if (!old.references().equals(content.references())
        || !java.util.Objects.equals(old.metadata(), content.metadata())
        || !java.util.Objects.equals(old.ruleSet(), content.ruleSet())) {
      return false;
    }
    try {
      return reader.read(state, stored).canonical().equals(content.text());
    } catch (RegistryException e) {
      return false;
    }
  }
}
