package io.millrace.schema.format;

/**
 * A schema that another one uses.
 *
 * @param name under which it is used: the full name of an Avro type, the path of a Protobuf import,
 *     the URI of a JSON Schema
 * @param subject that it is registered under
 * @param version from 1, or -1 for the latest one
 */
public record SchemaReference(String name, String subject, int version) {}
