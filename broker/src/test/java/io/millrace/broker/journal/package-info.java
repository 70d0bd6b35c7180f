/** Tests of {@code io.millrace.broker.journal}. */
@NullMarked
package io.millrace.broker.journal;

import org.jspecify.annotations.NullMarked;
