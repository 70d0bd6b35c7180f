/**
 * TLS for the Kafka port: certificates as PEM files, read again when they change. In come settings,
 * out go Netty's handlers; JDK's own TLS does the work.
 */
@NullMarked
package io.millrace.kafka.tls;

import org.jspecify.annotations.NullMarked;
