/** Tests. */
@NullMarked
package io.millrace.streams.connector;

import org.jspecify.annotations.NullMarked;
