/**
 * The comparisons that speak Kafka's protocol, and the lean clients that they load a broker with.
 */
@NullMarked
package io.millrace.bench.kafka;

import org.jspecify.annotations.NullMarked;
