package io.millrace.app.prompt;

/** What the console answered instead of running a script: one sentence, with the place in it. */
public final class SqlRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  SqlRefusedException(String message) {
    super(message);
  }
}
