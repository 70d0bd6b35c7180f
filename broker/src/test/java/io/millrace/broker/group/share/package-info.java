/** Tests of share groups. */
@NullMarked
package io.millrace.broker.group.share;

import org.jspecify.annotations.NullMarked;
