/**
 * The primitive types of Kafka's wire protocol, read from and written to Netty's buffers, for the
 * requests that are coded by hand. Bytes come in from {@code net}, values go out to {@code produce}
 * and {@code fetch}; nothing here keeps a buffer.
 */
@NullMarked
package io.millrace.kafka.wire;

import org.jspecify.annotations.NullMarked;
