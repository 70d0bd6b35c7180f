/** The commands that show and change settings of what runs, through the node's Kafka port. */
@NullMarked
package io.millrace.app.cli.config;

import org.jspecify.annotations.NullMarked;
