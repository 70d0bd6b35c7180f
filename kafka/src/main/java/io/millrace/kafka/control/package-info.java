/**
 * All APIs but Produce and Fetch: topics, settings, offsets, groups, the cluster. Requests are
 * decoded by the schemas of Kafka's own client library, become calls of the {@code broker}, and its
 * answers and refusals become responses with Kafka's error codes. No state is kept here.
 */
@NullMarked
package io.millrace.kafka.control;

import org.jspecify.annotations.NullMarked;
