/**
 * Who a client is: SASL's PLAIN, and AMQPLAIN, which is the same in a table. In comes what the
 * client sent, out comes its name, or null.
 */
@NullMarked
package io.millrace.amqp.auth;

import org.jspecify.annotations.NullMarked;
