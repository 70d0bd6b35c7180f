/**
 * Metrics that clients push (KIP-714): which ones a client is asked for, whether it pushes when it
 * may, and what becomes of what it pushes.
 *
 * <p>In come the settings of subscriptions and OTLP messages as clients encode them; out go gauges
 * of bounded number in the node's own metrics, so that an operator sees the clients where the node
 * is looked at already, without a further process that reads and decodes a topic. This package owns
 * the table of client instances. It is not on a hot path: a client comes by every few minutes.
 */
@NullMarked
package io.millrace.kafka.telemetry;

import org.jspecify.annotations.NullMarked;
