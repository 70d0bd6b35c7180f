/** Topics and their partitions: creating and deleting them, appending to them, reading them. */
@NullMarked
package io.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
