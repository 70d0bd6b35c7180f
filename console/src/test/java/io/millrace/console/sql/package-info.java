/** Tests of how results get to clients. */
@NullMarked
package io.millrace.console.sql;

import org.jspecify.annotations.NullMarked;
