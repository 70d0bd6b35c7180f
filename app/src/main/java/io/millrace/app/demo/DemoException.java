package io.millrace.app.demo;

import java.util.concurrent.ExecutionException;

/** The demo could not be run to its end. The message is one sentence for the person. */
final class DemoException extends RuntimeException {

  private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }

  private DemoException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What could not be done, and why. */
  static DemoException because(String what, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new DemoException(what + ": " + cause.getMessage(), cause);
  }
}
