/**
 * The domain that every protocol calls: topics, partitions, consumer groups, producer ids. No bytes
 * of any protocol are known here; a record batch is the one format that passes through whole.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
