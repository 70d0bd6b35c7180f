/** The sockets below: which of Netty's transports this machine has. */
@NullMarked
package io.millrace.cdn.net;

import org.jspecify.annotations.NullMarked;
