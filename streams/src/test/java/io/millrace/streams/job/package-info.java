/** Tests. */
@NullMarked
package io.millrace.streams.job;

import org.jspecify.annotations.NullMarked;
