/** Tests of {@code io.millrace.broker.transaction}. */
@NullMarked
package io.millrace.broker.transaction;

import org.jspecify.annotations.NullMarked;
