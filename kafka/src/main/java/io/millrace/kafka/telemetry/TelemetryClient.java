package io.millrace.kafka.telemetry;

/**
 * A client that may push metrics.
 *
 * @param clientId the name that it gives itself
 * @param softwareName as told in ApiVersions, empty when it was not
 * @param softwareVersion likewise
 * @param sourceAddress its address
 * @param sourcePort its port
 */
public record TelemetryClient(
    String clientId,
    String softwareName,
    String softwareVersion,
    String sourceAddress,
    int sourcePort) {}
