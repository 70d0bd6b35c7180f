package io.millrace.schema;

/**
 * Names of subjects. A subject may stand in a context, a name space with ids of its own: {@code
 * :.staging:orders-value} is {@code orders-value} in the context {@code .staging}. Names without
 * one are in the default context, {@code .}.
 */
public final class SubjectName {

  /** What begins and ends a context in a name. */
  private static final String OPEN = ":.";

  private static final int MOST_CHARACTERS = 1024;

  private SubjectName() {}

  /**
   * The form in which a subject is kept: without the default context.
   *
   * @throws RegistryException with {@code INVALID_SUBJECT}
   */
  public static String checked(String name) {
    String plain = plain(name);
    boolean bad = bare(plain).isEmpty() || plain.length() > MOST_CHARACTERS;
    for (int i = 0; i < plain.length() && !bad; i++) {
      bad = Character.isISOControl(plain.charAt(i));
    }
    if (bad || plain.equals("__GLOBAL") || plain.equals("__EMPTY")) {
      throw new RegistryException(
          RegistryError.INVALID_SUBJECT,
          "The specified subject '"
              + name
              + "' is not a valid: allowed are 1 to "
              + MOST_CHARACTERS
              + " characters, no control characters, and neither __GLOBAL nor __EMPTY");
    }
    return plain;
  }

  /** A name, or the scope of a context, without the default context. */
  public static String plain(String name) {
    return name.startsWith(":.:") ? name.substring(3) : name;
  }

  /** The context of a kept name: {@code .} or {@code .name}. */
  public static String context(String subject) {
    if (!subject.startsWith(OPEN)) {
      return ".";
    }
    int end = subject.indexOf(':', 2);
    return end < 0 ? "." : subject.substring(1, end);
  }

  /** The name within its context. */
  public static String bare(String subject) {
    if (!subject.startsWith(OPEN)) {
      return subject;
    }
    int end = subject.indexOf(':', 2);
    return end < 0 ? subject : subject.substring(end + 1);
  }

  /** What stands in front of all names of a context; also the scope of its settings. */
  public static String prefix(String context) {
    return context.equals(".") ? "" : ":" + context + ":";
  }

  /** A name as written in a schema of a context: one of its own unless it says another. */
  public static String within(String context, String name) {
    return name.startsWith(OPEN) ? plain(name) : prefix(context) + name;
  }
}
