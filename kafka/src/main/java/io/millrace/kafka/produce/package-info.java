/**
 * The Produce API, coded by hand over the read buffer: record bytes go from there to {@link
 * io.millrace.broker.topic.Partition#append} without a copy or an object per record. In come
 * exchanges of {@code net}, out go appends; the exchange owns the bytes until all its appends are
 * done.
 */
@NullMarked
package io.millrace.kafka.produce;

import org.jspecify.annotations.NullMarked;
