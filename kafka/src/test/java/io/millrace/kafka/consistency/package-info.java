/**
 * Random histories of producers, consumers, transactions and crashes against a real node, and what
 * must hold of each.
 *
 * <p>A {@link io.millrace.kafka.consistency.HistoryRun} makes a plan from a seed, runs its clients
 * over sockets while the node dies and comes back, and writes down every request with when it was
 * sent, when it was answered and what came of it: a {@link io.millrace.kafka.consistency.History}.
 * Afterwards {@link io.millrace.kafka.consistency.HistoryChecker}, which knows neither node nor
 * clients, says what in it cannot be. {@code docs/consistency.md} has the list of what is checked.
 */
@NullMarked
package io.millrace.kafka.consistency;

import org.jspecify.annotations.NullMarked;
