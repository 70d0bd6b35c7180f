/** Protobuf: texts in, parsed schemas and reasons of incompatibility out. Holds no state. */
@NullMarked
package io.millrace.schema.format.protobuf;

import org.jspecify.annotations.NullMarked;
