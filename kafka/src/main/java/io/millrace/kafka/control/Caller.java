package io.millrace.kafka.control;

/**
 * Who asks.
 *
 * @param version of the API
 * @param clientId the name the client gives itself, may be empty
 * @param clientHost its address
 */
record Caller(short version, String clientId, String clientHost) {}
