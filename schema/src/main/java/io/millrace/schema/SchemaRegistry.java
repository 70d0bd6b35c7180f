package io.millrace.schema;

import io.millrace.broker.topic.Topics;
import io.millrace.core.Clock;
import io.millrace.schema.RegistryOwner.Decision;
import io.millrace.schema.SchemaReader.Read;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.protobuf.ProtobufSchema;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.RegistryRecord.ConfigGone;
import io.millrace.schema.record.RegistryRecord.ConfigSet;
import io.millrace.schema.record.RegistryRecord.ModeGone;
import io.millrace.schema.record.RegistryRecord.ModeSet;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SubjectConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Schemas by subject, version and id, with the rules by which they may change. Any thread but an
 * event loop may call it: calls wait for the disk, and for the parsers of the formats. All of them
 * throw {@link RegistryException} for what they refuse. A scope is a subject, a context such as
 * {@code :.staging:}, or empty for all.
 */
public final class SchemaRegistry implements AutoCloseable {

  private final RegistryOwner owner;
  private final RegistrySettings settings;
  private final SchemaReader reader;
  private final CompatibilityCheck compatibility;
  private final Scopes scopes;
  private final Registration registration;
  private final Deletion deletion;

  private SchemaRegistry(Topics topics, RegistrySettings settings, Clock clock) {
    this.settings = settings;
    owner = new RegistryOwner(topics, settings, clock);
    reader = new SchemaReader(settings.maxSchemaBytes());
    compatibility = new CompatibilityCheck(reader);
    scopes = new Scopes(settings.compatibility());
    registration = new Registration(owner, reader, compatibility, scopes);
    deletion = new Deletion(scopes);
  }

  /**
   * Opens a registry and begins to read its topic, on a thread of its own; calls wait for that.
   *
   * @param topics of a broker that must stay open until the registry is closed
   */
  public static SchemaRegistry open(Topics topics, RegistrySettings settings, Clock clock) {
    return new SchemaRegistry(topics, settings, clock);
  }

  /** How it works. */
  public RegistrySettings settings() {
    return settings;
  }

  /** All there is, as it stands and as it changes. */
  public RegistryState state() throws InterruptedException {
    return owner.state();
  }

  // ---- schemas ----

  /**
   * Makes a schema the next version of a subject; one that it has already is answered as it is.
   *
   * @param normalize whether schemas that mean the same count as the same
   */
  public SchemaVersion register(String subject, NewSchema schema, boolean normalize)
      throws InterruptedException {
    return registration.register(SubjectName.checked(subject), schema, normalize);
  }

  /** The version of a subject that has a schema. */
  public SchemaVersion lookUp(
      String subject, NewSchema schema, boolean normalize, boolean deletedToo)
      throws InterruptedException {
    return registration.lookUp(SubjectName.checked(subject), schema, normalize, deletedToo);
  }

  /** A version of a subject. */
  public SchemaVersion version(String name, Version which, boolean deletedToo)
      throws InterruptedException {
    Subject subject = subject(name, deletedToo);
    SchemaVersion version = which.of(subject);
    if (version == null && which.isLatest() && deletedToo) {
      version = subject.versions().getLast();
    }
    if (version == null || (version.deleted() && !deletedToo)) {
      throw new RegistryException(
          RegistryError.VERSION_NOT_FOUND, "Version " + which + " not found.");
    }
    return version;
  }

  /** A subject that has versions. */
  public Subject subject(String name, boolean deletedToo) throws InterruptedException {
    String plain = SubjectName.plain(name);
    Subject subject = owner.state().subject(plain);
    if (subject == null || (!deletedToo && subject.latest() == null)) {
      throw new RegistryException(
          RegistryError.SUBJECT_NOT_FOUND, "Subject '" + plain + "' not found.");
    }
    return subject;
  }

  /**
   * A version that has an id, for its schema.
   *
   * @param context where the id counts
   */
  public SchemaVersion withId(String context, int id) throws InterruptedException {
    List<SchemaVersion> versions = owner.state().withId(context, id);
    if (versions.isEmpty()) {
      throw new RegistryException(RegistryError.SCHEMA_NOT_FOUND, "Schema " + id + " not found");
    }
    return versions.getFirst();
  }

  /** A Protobuf schema as a {@code FileDescriptorProto}; null for one of another format. */
  public byte @Nullable [] descriptor(SchemaVersion version) throws InterruptedException {
    ParsedSchema schema = reader.read(owner.state(), version);
    return schema instanceof ProtobufSchema protobuf ? protobuf.descriptor() : null;
  }

  /** Deletes a version, in two steps: see {@link #deleteSubject}. */
  public int deleteVersion(String subject, Version which, boolean permanent)
      throws InterruptedException {
    String plain = SubjectName.plain(subject);
    return owner.write(state -> deletion.version(state, plain, which, permanent));
  }

  /**
   * Deletes all versions of a subject. They can be looked up by id, and with the deleted ones,
   * until they are deleted once more, permanently.
   *
   * @return their numbers
   */
  public List<Integer> deleteSubject(String subject, boolean permanent)
      throws InterruptedException {
    String plain = SubjectName.plain(subject);
    return owner.write(state -> deletion.subject(state, plain, permanent));
  }

  // ---- compatibility ----

  /** Why a schema could not be the next version of a subject; empty when it could. */
  public List<String> incompatibilities(String subject, NewSchema schema, boolean normalize)
      throws InterruptedException {
    String plain = SubjectName.checked(subject);
    RegistryState state = owner.state();
    Read read = reader.read(state, plain, schema, normalize);
    Subject present = state.subject(plain);
    return present == null
        ? List.of()
        : compatibility.againstSubject(
            state, scopes.compatibility(state, plain), read, present.live());
  }

  /** Why a schema could not follow that version, by the level of the subject. */
  public List<String> incompatibilities(
      String subject, Version which, NewSchema schema, boolean normalize)
      throws InterruptedException {
    String plain = SubjectName.checked(subject);
    RegistryState state = owner.state();
    Read read = reader.read(state, plain, schema, normalize);
    Subject present = state.subject(plain);
    SchemaVersion version = present == null ? null : which.of(present);
    if (version == null || version.deleted()) {
      if (which.isLatest()) {
        return List.of();
      }
      throw new RegistryException(
          RegistryError.VERSION_NOT_FOUND, "Version " + which + " not found.");
    }
    return compatibility.against(state, scopes.compatibility(state, plain), read, List.of(version));
  }

  // ---- settings ----

  /** The settings of a scope, with what wider ones say. */
  public SubjectConfig configInForce(String scope) throws InterruptedException {
    return scopes.config(owner.state(), SubjectName.plain(scope));
  }

  /** The settings that a scope has of its own. */
  public SubjectConfig config(String scope) throws InterruptedException {
    SubjectConfig config = owner.state().config(SubjectName.plain(scope));
    if (config == null) {
      throw new RegistryException(
          RegistryError.CONFIG_NOT_FOUND,
          "Subject '" + scope + "' does not have subject-level compatibility configured");
    }
    return config;
  }

  /** Changes settings; null leaves one as it is. */
  public void setConfig(String scope, SubjectConfig given) throws InterruptedException {
    String plain = SubjectName.plain(scope);
    boolean unused =
        owner.write(
            state -> {
              SubjectConfig old = state.config(plain);
              CompatibilityLevel level = given.compatibility();
              Boolean normalize = given.normalize();
              if (old != null) {
                level = level == null ? old.compatibility() : level;
                normalize = normalize == null ? old.normalize() : normalize;
              }
              scopes.checkWritable(state, plain);
              return new Decision<>(
                  List.of(new ConfigSet(plain, new SubjectConfig(level, normalize))), true);
            });
  }

  /** Takes a scope's settings away, and returns what they were. */
  public SubjectConfig deleteConfig(String scope) throws InterruptedException {
    String plain = SubjectName.plain(scope);
    return owner.write(
        state -> {
          SubjectConfig old = state.config(plain);
          if (old == null) {
            throw new RegistryException(
                RegistryError.SUBJECT_NOT_FOUND, "Subject '" + plain + "' not found.");
          }
          scopes.checkWritable(state, plain);
          return new Decision<>(List.of(new ConfigGone(plain)), old);
        });
  }

  /** The mode of a scope, with what wider ones say. */
  public Mode modeInForce(String scope) throws InterruptedException {
    return scopes.mode(owner.state(), SubjectName.plain(scope));
  }

  /** The mode that a scope has of its own. */
  public Mode mode(String scope) throws InterruptedException {
    Mode mode = owner.state().mode(SubjectName.plain(scope));
    if (mode == null) {
      throw new RegistryException(
          RegistryError.MODE_NOT_FOUND,
          "Subject '" + scope + "' does not have subject-level mode configured");
    }
    return mode;
  }

  /**
   * Sets a mode.
   *
   * @param force has import mode set even where there are schemas, which could then be overwritten
   */
  public void setMode(String scope, Mode mode, boolean force) throws InterruptedException {
    String plain = SubjectName.plain(scope);
    boolean unused =
        owner.write(
            state -> {
              if (mode == Mode.IMPORT && !force && hasSchemas(state, plain)) {
                throw new RegistryException(
                    RegistryError.OPERATION_NOT_PERMITTED,
                    "Cannot import since found existing subjects");
              }
              return new Decision<>(List.of(new ModeSet(plain, mode)), true);
            });
  }

  private static boolean hasSchemas(RegistryState state, String scope) {
    return state.subjects().stream()
        .filter(subject -> subject.latest() != null)
        .anyMatch(
            subject ->
                scope.isEmpty()
                    || subject.name().equals(scope)
                    || (SubjectName.bare(scope).isEmpty() && subject.name().startsWith(scope)));
  }

  /** Takes a scope's mode away, and returns what it was. */
  public Mode deleteMode(String scope) throws InterruptedException {
    String plain = SubjectName.plain(scope);
    return owner.write(
        state -> {
          Mode old = state.mode(plain);
          if (old == null) {
            throw new RegistryException(
                RegistryError.SUBJECT_NOT_FOUND, "Subject '" + plain + "' not found.");
          }
          return new Decision<>(List.of(new ModeGone(plain)), old);
        });
  }

  /** Ends the registry's thread; the topic stays as it is. */
  @Override
  public void close() {
    owner.close();
  }
}
