package io.millrace.schema;

import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.SubjectConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings and modes in force: what a subject has of its own, else its context, else all have, else
 * the default.
 */
final class Scopes {

  private final CompatibilityLevel usual;

  Scopes(CompatibilityLevel usual) {
    this.usual = usual;
  }

  /** From the narrowest to the widest. */
  private static List<String> of(String scope) {
    List<String> scopes = new ArrayList<>(List.of(scope));
    String context = SubjectName.prefix(SubjectName.context(scope));
    if (!context.isEmpty() && !context.equals(scope)) {
      scopes.add(context);
    }
    if (!scope.isEmpty()) {
      scopes.add("");
    }
    return scopes;
  }

  /** The settings in force, none of them null. */
  SubjectConfig config(RegistryState state, String scope) {
    CompatibilityLevel compatibility = null;
    Boolean normalize = null;
    for (String each : of(scope)) {
      SubjectConfig config = state.config(each);
      if (config != null) {
        compatibility = compatibility == null ? config.compatibility() : compatibility;
        normalize = normalize == null ? config.normalize() : normalize;
      }
    }
    return new SubjectConfig(
        compatibility == null ? usual : compatibility, normalize != null && normalize);
  }

  /** The level in force. */
  CompatibilityLevel compatibility(RegistryState state, String scope) {
    return Objects.requireNonNull(config(state, scope).compatibility());
  }

  /** Whether schemas are normalised. */
  boolean normalize(RegistryState state, String scope) {
    return Objects.requireNonNull(config(state, scope).normalize());
  }

  /** The mode in force. */
  Mode mode(RegistryState state, String scope) {
    if (state.mode("") == Mode.READONLY_OVERRIDE) {
      return Mode.READONLY_OVERRIDE;
    }
    for (String each : of(scope)) {
      @Nullable Mode mode = state.mode(each);
      if (mode != null) {
        return mode;
      }
    }
    return Mode.READWRITE;
  }

  /** Refuses a change where nothing may be changed. */
  void checkWritable(RegistryState state, String subject) {
    if (mode(state, subject).isReadOnly()) {
      throw new RegistryException(
          RegistryError.OPERATION_NOT_PERMITTED, "Subject " + subject + " is in read-only mode");
    }
  }
}
