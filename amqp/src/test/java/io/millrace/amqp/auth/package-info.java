@NullMarked
package io.millrace.amqp.auth;

import org.jspecify.annotations.NullMarked;
