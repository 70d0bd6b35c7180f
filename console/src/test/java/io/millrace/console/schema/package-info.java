/** Tests of the schema registry's documents. */
@NullMarked
package io.millrace.console.schema;

import org.jspecify.annotations.NullMarked;
