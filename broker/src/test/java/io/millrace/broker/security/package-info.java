@NullMarked
package io.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
