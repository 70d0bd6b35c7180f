/**
 * Events of the Nexmark benchmark: an auction house with people, auctions and bids, made up from
 * event numbers.
 *
 * <p>In: a {@link io.millrace.streams.nexmark.NexmarkConfig}. Out: for each event number, always
 * the same event. Depends on nothing else of this project and on Java 17 only, so that another
 * engine can be measured with the same source.
 */
@NullMarked
package io.millrace.streams.nexmark;

import org.jspecify.annotations.NullMarked;
