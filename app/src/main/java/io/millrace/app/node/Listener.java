package io.millrace.app.node;

/**
 * A port that a node has opened.
 *
 * @param name such as {@code kafka}
 * @param host that it listens on
 * @param port that is open
 * @param url what a person or a client is to be given: {@code host:port} or an address for a
 *     browser
 */
public record Listener(String name, String host, int port, String url) {

  static Listener kafka(String host, int port) {
    return kafka("kafka", host, port);
  }

  static Listener kafka(String name, String host, int port) {
    return new Listener(name, host, port, reachable(host) + ":" + port);
  }

  /** Of the scheme {@code amqp} or {@code amqps}. */
  static Listener amqp(String scheme, String host, int port) {
    return new Listener(scheme, host, port, scheme + "://" + reachable(host) + ":" + port);
  }

  static Listener http(String name, String host, int port) {
    return new Listener(name, host, port, "http://" + reachable(host) + ":" + port + "/");
  }

  static Listener https(String name, String host, int port) {
    return new Listener(name, host, port, "https://" + reachable(host) + ":" + port + "/");
  }

  /** An address under which this machine reaches what listens on {@code host}. */
  private static String reachable(String host) {
    String name = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return name.contains(":") ? "[" + name + "]" : name;
  }
}
