/** Tests of the broker. */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
