/** Tests. */
@NullMarked
package io.millrace.streams.sql;

import org.jspecify.annotations.NullMarked;
