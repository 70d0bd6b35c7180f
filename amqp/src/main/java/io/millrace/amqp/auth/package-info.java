/**
 * Who a client is, and what it may do. SASL's PLAIN, AMQPLAIN, which is the same in a table, and
 * EXTERNAL, which takes the word of a client's certificate: in comes what the client sent, out
 * comes its name, or null. The users and their permissions are the broker's.
 */
@NullMarked
package io.millrace.amqp.auth;

import org.jspecify.annotations.NullMarked;
