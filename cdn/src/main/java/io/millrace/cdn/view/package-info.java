/**
 * Views of topics: the newest values of each key as JSON documents, and as streams of events while
 * they change.
 *
 * <p>Records come in by {@link io.millrace.broker.topic.Partition#read}; documents go out as
 * responses of an {@link io.millrace.cdn.origin.Origin}, behind the edge's cache, and events to
 * viewers.
 *
 * <pre>
 *   partitions → ViewReader → ViewState        one thread, which owns what is kept
 *                    │ publishes
 *                    ├─→ Board                 immutable: the documents, read by any event loop
 *                    └─→ Audience × loop       the same events once to each loop with viewers
 *                           └─→ Follower       one viewer
 * </pre>
 *
 * However many follow, a record is read once and an event is encoded once. What a key's document
 * shows and what its events have told is the same at each version: both are published together.
 *
 * <p>Cost: for each key its values, once more the rendered document once somebody asked for it; for
 * each viewer a {@link io.millrace.cdn.view.Follower}, about a hundred bytes besides its
 * connection; for each event one direct buffer, shared by all loops' rings.
 */
@NullMarked
package io.millrace.cdn.view;

import org.jspecify.annotations.NullMarked;
