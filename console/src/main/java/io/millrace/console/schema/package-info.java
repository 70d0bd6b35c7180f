/**
 * The schema registry's REST interface, as the serializers of Kafka's clients expect it: paths,
 * documents, media types and error codes are those of Confluent's API. Requests come from {@link
 * io.millrace.console.http.Router} on virtual threads; each becomes one call of {@link
 * io.millrace.schema.SchemaRegistry}.
 */
@NullMarked
package io.millrace.console.schema;

import org.jspecify.annotations.NullMarked;
