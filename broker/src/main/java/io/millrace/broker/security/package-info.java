/**
 * Who may do what: principals, access control lists and the decision over them, and the credentials
 * of SCRAM. Values and pure functions only: the records in which they are kept are {@code
 * metadata}'s, the requests that are let through or refused are the protocols'.
 */
@NullMarked
package io.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
