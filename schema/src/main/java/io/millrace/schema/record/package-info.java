/**
 * The records of the registry's topic, in the JSON that Confluent-style registries write: such a
 * topic can be copied to and from one of theirs. Keys name what the record is about, so compaction
 * keeps the newest of each; values are plain objects; unknown members and kinds are passed over.
 */
@NullMarked
package io.millrace.schema.record;

import org.jspecify.annotations.NullMarked;
