/** Tests of the schema formats. */
@org.jspecify.annotations.NullMarked
package io.millrace.schema.format;
