/**
 * Use of a node for the JVM's ahead-of-time cache: what runs here decides which classes the cache
 * holds and which methods it knows to be hot.
 *
 * <p>The launcher runs it after a build. There are two caches, because all classes of a cache are
 * loaded at every start: one for nodes, in which no Kafka client may occur, one for the commands
 * that are clients.
 */
@NullMarked
package io.millrace.app.training;

import org.jspecify.annotations.NullMarked;
