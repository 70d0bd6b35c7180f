/** Tests of the schema registry. */
@org.jspecify.annotations.NullMarked
package io.millrace.schema;
