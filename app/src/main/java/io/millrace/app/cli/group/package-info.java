/** The commands that show and change consumer groups, through the node's Kafka port. */
@NullMarked
package io.millrace.app.cli.group;

import org.jspecify.annotations.NullMarked;
