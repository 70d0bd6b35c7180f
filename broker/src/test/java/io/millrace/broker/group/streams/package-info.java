@NullMarked
package io.millrace.broker.group.streams;

import org.jspecify.annotations.NullMarked;
