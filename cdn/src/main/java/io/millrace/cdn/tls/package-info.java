/**
 * TLS towards clients: certificates by the name that a client asks for, read again when their files
 * change, and the keys of the tickets by which clients resume sessions. In come settings and names;
 * out go Netty's contexts, on BoringSSL where that runs and on the JDK's own TLS elsewhere.
 */
@NullMarked
package io.millrace.cdn.tls;

import org.jspecify.annotations.NullMarked;
