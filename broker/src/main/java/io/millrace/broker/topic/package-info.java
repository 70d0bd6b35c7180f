/**
 * Topics and their partitions: creating and deleting them, appending to them, reading them.
 *
 * <p>In come whole record batches, which are changed in place and written, and requests to read,
 * which are answered with regions of files. {@link io.millrace.broker.topic.TopicSetting} is the
 * one table of what a topic can be told; what Kafka knows and is not honoured here is refused by
 * name.
 *
 * <p>What consumers see ends at the high watermark. On a node that stands alone it follows the
 * append at once, or with durability {@code commit} the force to disk, so that nothing a consumer
 * saw can vanish. Who waits for the next record is woken by the thread that moved it.
 *
 * <p>Cost of a waiting reader: one object and a short lock when it comes and goes; of an append
 * that nobody waits for: one volatile read.
 */
@NullMarked
package io.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
