/**
 * Kafka's wire protocol: bytes on sockets become calls of the {@code broker}, and its answers
 * become bytes.
 *
 * <p>{@link io.millrace.kafka.KafkaServer} listens; {@code net} cuts the bytes into requests and
 * keeps the answers in order; {@code produce} and {@code fetch} are the hot path, coded by hand;
 * {@code control} is everything else, by the schemas of Kafka's own client library. No state of a
 * topic or a group lives here: only connections and their fetch sessions.
 */
@NullMarked
package io.millrace.kafka;

import org.jspecify.annotations.NullMarked;
