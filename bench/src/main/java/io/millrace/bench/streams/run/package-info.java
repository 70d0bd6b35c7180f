/**
 * What a program that runs one SQL script in one engine needs, whichever engine it is: counting and
 * adding up of rows, measuring its own process, and the line that it answers with.
 *
 * <p>Java 17 and no dependencies: it is compiled for Millrace and for its peer.
 */
@NullMarked
package io.millrace.bench.streams.run;

import org.jspecify.annotations.NullMarked;
