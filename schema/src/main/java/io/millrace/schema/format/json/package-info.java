/** JSON Schema: texts in, parsed schemas and reasons of incompatibility out. Holds no state. */
@NullMarked
package io.millrace.schema.format.json;

import org.jspecify.annotations.NullMarked;
