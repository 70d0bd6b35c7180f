@NullMarked
package io.millrace.broker.quota;

import org.jspecify.annotations.NullMarked;
