/** Tests of idempotent producers. */
@NullMarked
package io.millrace.broker.producer;

import org.jspecify.annotations.NullMarked;
