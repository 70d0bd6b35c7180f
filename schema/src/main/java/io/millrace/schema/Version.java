package io.millrace.schema;

import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import org.jspecify.annotations.Nullable;

/**
 * Which version of a subject is meant.
 *
 * @param number from 1, or -1 for the latest one
 */
public record Version(int number) {

  /** The newest that is not deleted. */
  public static final Version LATEST = new Version(-1);

  /**
   * Reads what a client has written.
   *
   * @throws RegistryException with {@code INVALID_VERSION}
   */
  public static Version of(String text) {
    if (text.equals("latest") || text.equals("-1")) {
      return LATEST;
    }
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return new Version(number);
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new RegistryException(
        RegistryError.INVALID_VERSION,
        "The specified version '"
            + text
            + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the"
            + " string \"latest\"");
  }

  /** Whether the newest is meant, whatever its number. */
  public boolean isLatest() {
    return number == -1;
  }

  /** That version of a subject, which may be deleted unless it is the latest; null for none. */
  @Nullable SchemaVersion of(Subject subject) {
    return isLatest() ? subject.latest() : subject.version(number);
  }

  @Override
  public String toString() {
    return isLatest() ? "latest" : Integer.toString(number);
  }
}
