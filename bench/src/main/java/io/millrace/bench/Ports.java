package io.millrace.bench;

/**
 * The ports on 127.0.0.1 that a contestant listens on; 0 for a protocol that it does not speak.
 *
 * @param kafka for Kafka's clients
 * @param amqp for AMQP 0-9-1
 */
record Ports(int kafka, int amqp) {}
