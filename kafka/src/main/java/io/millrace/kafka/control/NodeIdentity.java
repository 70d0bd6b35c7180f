package io.millrace.kafka.control;

/**
 * What clients are told about this node.
 *
 * @param clusterId of the cluster that it makes up
 * @param nodeId its number in it
 * @param host the name or address under which clients reach it
 * @param port the port there
 */
public record NodeIdentity(String clusterId, int nodeId, String host, int port) {}
