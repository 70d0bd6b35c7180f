/** Tests of the console over real brokers, sockets and browsers. */
@NullMarked
package io.millrace.console;

import org.jspecify.annotations.NullMarked;
