/**
 * SQL from the command line: a prompt, and scripts, over a node's console.
 *
 * <p>In come statements of a person; each is sent to {@code POST /api/sql} as it stands, and out
 * come the lines of the answer as a table, as JSON, or as tab-separated text. Nothing of SQL is
 * understood here but where a statement ends.
 */
@NullMarked
package io.millrace.app.prompt;

import org.jspecify.annotations.NullMarked;
