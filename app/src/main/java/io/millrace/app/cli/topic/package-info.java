/** The commands that show and change topics, through the node's Kafka port. */
@NullMarked
package io.millrace.app.cli.topic;

import org.jspecify.annotations.NullMarked;
