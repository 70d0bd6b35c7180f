/**
 * The comparisons that speak AMQP 0-9-1, and the lean client that they load a broker with: it
 * writes frames that were made beforehand and counts those that come, so that what is measured on a
 * machine of few cores is the broker. PerfTest, RabbitMQ's own load generator, stands beside it.
 */
@NullMarked
package io.millrace.bench.amqp;

import org.jspecify.annotations.NullMarked;
