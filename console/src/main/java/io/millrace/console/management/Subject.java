package io.millrace.console.management;

/**
 * What a {@link Series} is of.
 *
 * @param host virtual host, or empty
 * @param name in it, or empty
 */
record Subject(Kind kind, String host, String name) {

  enum Kind {
    ALL,
    NODE,
    VIRTUAL_HOST,
    QUEUE,
    EXCHANGE,
    CONNECTION,
    CHANNEL
  }

  static Subject all() {
    return new Subject(Kind.ALL, "", "");
  }

  static Subject node() {
    return new Subject(Kind.NODE, "", "");
  }

  static Subject host(String name) {
    return new Subject(Kind.VIRTUAL_HOST, name, "");
  }

  static Subject queue(String host, String name) {
    return new Subject(Kind.QUEUE, host, name);
  }

  static Subject exchange(String host, String name) {
    return new Subject(Kind.EXCHANGE, host, name);
  }

  static Subject connection(String name) {
    return new Subject(Kind.CONNECTION, "", name);
  }

  static Subject channel(String connection, int number) {
    return new Subject(Kind.CHANNEL, "", connection + " (" + number + ")");
  }
}
