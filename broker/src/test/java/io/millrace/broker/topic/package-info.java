/** Tests of topics and partitions. */
@NullMarked
package io.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
