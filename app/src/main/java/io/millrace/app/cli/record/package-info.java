/**
 * How the keys and values of records are written by people: as text, as bytes in some spelling, as
 * JSON, and as JSON that a schema of a registry turns into Avro, Protocol Buffers or checked JSON.
 * Lines of {@code millrace produce} come in and bytes of records go out, or the other way for
 * {@code millrace consume}. Bytes with a schema begin as registry clients write them: a zero byte
 * and the schema's id. Everything here belongs to the thread of its command.
 */
@NullMarked
package io.millrace.app.cli.record;

import org.jspecify.annotations.NullMarked;
