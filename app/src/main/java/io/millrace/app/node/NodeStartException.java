package io.millrace.app.node;

/**
 * A node that could not start because something outside was not as it has to be. The message is one
 * sentence for the person who starts it.
 */
public final class NodeStartException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With that sentence. */
  public NodeStartException(String message) {
    super(message);
  }

  /** A port that cannot be listened on, with what would move it. */
  static NodeStartException cannotListen(
      String name, String host, int port, String flag, Throwable failure) {
    String reason = String.valueOf(deepest(failure).getMessage());
    if (reason.contains("in use")) {
      return new NodeStartException(
          "%s port %d is taken by another process on %s; use %s or --port-base to choose another one"
              .formatted(name, port, host, flag));
    }
    return new NodeStartException(
        "%s cannot listen on %s:%d (%s); use --host or %s to choose another address"
            .formatted(name, host, port, reason, flag));
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }
}
