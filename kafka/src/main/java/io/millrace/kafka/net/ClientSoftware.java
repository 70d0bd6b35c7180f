package io.millrace.kafka.net;

/** The library that a client says it uses, in ApiVersions (KIP-511). */
public record ClientSoftware(String name, String version) {

  /** Of clients that say nothing about it; the words are Kafka's. */
  public static final ClientSoftware UNKNOWN = new ClientSoftware("unknown", "unknown");
}
