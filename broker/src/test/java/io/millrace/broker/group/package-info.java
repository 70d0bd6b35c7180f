/** Tests of consumer groups. */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
