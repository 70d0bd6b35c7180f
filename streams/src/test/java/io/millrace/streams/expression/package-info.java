/** Tests. */
@NullMarked
package io.millrace.streams.expression;

import org.jspecify.annotations.NullMarked;
