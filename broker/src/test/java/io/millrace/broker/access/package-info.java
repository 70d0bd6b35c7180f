@NullMarked
package io.millrace.broker.access;

import org.jspecify.annotations.NullMarked;
