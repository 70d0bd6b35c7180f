package io.millrace.app.demo;

/** The demo could not be run to its end. The message is one sentence for the person. */
final class DemoException extends RuntimeException {

  private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }

  DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}
