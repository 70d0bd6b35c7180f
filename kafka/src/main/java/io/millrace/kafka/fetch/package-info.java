/**
 * The Fetch API, coded by hand: what a consumer asks for is found in the log and leaves as regions
 * of its files, without passing through this process. In come exchanges of {@code net}, out go
 * answers that own their {@link io.millrace.log.LogSlice}s until they are sent; a connection's
 * fetch session (KIP-227) lives here, and as long as the connection; it knows which of its
 * partitions have something, and a fetch looks at those.
 */
@NullMarked
package io.millrace.kafka.fetch;

import org.jspecify.annotations.NullMarked;
