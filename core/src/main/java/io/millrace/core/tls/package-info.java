/**
 * The node's side of TLS: certificates as PEM files, read again when they change. In come settings,
 * out go engines for whoever has the sockets; JDK's own TLS does the work.
 */
@NullMarked
package io.millrace.core.tls;

import org.jspecify.annotations.NullMarked;
