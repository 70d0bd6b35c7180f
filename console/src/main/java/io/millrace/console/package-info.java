/**
 * The web console and the admin REST API of a node: what an operator sees and does without a Kafka
 * client.
 *
 * <p>In come HTTP requests on a port of its own, bound to loopback unless told otherwise; out go
 * the page, JSON documents, streams of events and rows, and {@code /metrics}. The console owns
 * nothing that it shows: broker, jobs and edge are given to it by {@link
 * io.millrace.console.ConsoleSources} and stay the caller's.
 *
 * <pre>
 *   ConsoleServer → http       an EdgeServer's origin: guard, router, answers
 *   api           → http       topics, messages, groups, jobs, SQL, the edge
 *   live          → api        one sample a second for every viewer
 *   metrics                    the Prometheus page
 * </pre>
 *
 * <p>Requests are served on virtual threads in plain blocking style; event loops only move bytes.
 * Nothing but the socket exists until the first request comes.
 */
@NullMarked
package io.millrace.console;

import org.jspecify.annotations.NullMarked;
