package io.millrace.console.management;

import io.millrace.console.http.Answer;

/**
 * A request of the API and who answers it.
 *
 * @param path below {@code /api}, with placeholders such as {@code {vhost}}
 * @param access what the caller has to be
 * @param does what it is for, in a few words
 */
record ManagementEndpoint(String method, String path, Access access, String does, Handler handler) {

  /** Serves a request, on a virtual thread where it may block. */
  @FunctionalInterface
  interface Handler {
    /**
     * @throws Refusal when it cannot be served
     */
    Answer handle(Call call) throws InterruptedException;
  }

  static ManagementEndpoint get(String path, Access access, String does, Handler handler) {
    return new ManagementEndpoint("GET", path, access, does, handler);
  }

  static ManagementEndpoint put(String path, Access access, String does, Handler handler) {
    return new ManagementEndpoint("PUT", path, access, does, handler);
  }

  static ManagementEndpoint post(String path, Access access, String does, Handler handler) {
    return new ManagementEndpoint("POST", path, access, does, handler);
  }

  static ManagementEndpoint delete(String path, Access access, String does, Handler handler) {
    return new ManagementEndpoint("DELETE", path, access, does, handler);
  }
}
