package io.millrace.console.http;

import java.util.Map;

/** Ends the handling of a request with a {@link Problem}. Carries no stack trace. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialized
  private final Problem problem;

  /** With further members of the document. */
  public ProblemException(int status, String detail, Map<String, Object> members) {
    super(detail, null, false, false);
    this.problem = new Problem(status, detail, members);
  }

  /** With a sentence that says what was wrong and what is allowed. */
  public ProblemException(int status, String detail) {
    this(status, detail, Map.of());
  }

  /** What is answered. */
  public Problem problem() {
    return problem;
  }
}
