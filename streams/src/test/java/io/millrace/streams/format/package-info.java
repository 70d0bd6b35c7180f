/** Tests. */
@NullMarked
package io.millrace.streams.format;

import org.jspecify.annotations.NullMarked;
