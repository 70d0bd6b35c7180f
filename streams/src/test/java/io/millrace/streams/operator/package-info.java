/** Tests. */
@NullMarked
package io.millrace.streams.operator;

import org.jspecify.annotations.NullMarked;
