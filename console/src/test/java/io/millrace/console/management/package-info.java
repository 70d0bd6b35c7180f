/** Tests of the management API, by RabbitMQ's own tools where there are some. */
@NullMarked
package io.millrace.console.management;

import org.jspecify.annotations.NullMarked;
