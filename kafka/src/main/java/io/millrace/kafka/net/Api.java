package io.millrace.kafka.net;

/**
 * One API of Kafka's protocol as this node serves it.
 *
 * @param key its number on the wire
 * @param name as Kafka's protocol guide spells it
 * @param minVersion the oldest version served
 * @param maxVersion the newest version served
 * @param advertisedMin the oldest version that ApiVersions tells; older than {@code minVersion}
 *     only where a client refuses to talk otherwise
 * @param flexibleFrom the first version with compact lengths and tagged fields (KIP-482), {@link
 *     Short#MAX_VALUE} for none
 * @param maxRequestBytes longer frames are refused; the connection's own limit stands above it
 * @param handler who answers it
 */
public record Api(
    short key,
    String name,
    short minVersion,
    short maxVersion,
    short advertisedMin,
    short flexibleFrom,
    int maxRequestBytes,
    ApiHandler handler) {

  private static final short API_VERSIONS = 18;

  /** True when requests and answers of that version have tagged fields. */
  public boolean flexible(short version) {
    return version >= flexibleFrom;
  }

  /** True when the header of the answer has tagged fields; never for ApiVersions (KIP-511). */
  boolean flexibleResponseHeader(short version) {
    return flexible(version) && key != API_VERSIONS;
  }

  boolean serves(short version) {
    return version >= minVersion && version <= maxVersion;
  }

  /** The same, announced from an older version on than is served. */
  public Api announcedFrom(int version) {
    return new Api(
        key, name, minVersion, maxVersion, (short) version, flexibleFrom, maxRequestBytes, handler);
  }

  /** A client that asks ApiVersions in a version we do not know gets an answer all the same. */
  boolean answersUnknownVersions() {
    return key == API_VERSIONS;
  }
}
