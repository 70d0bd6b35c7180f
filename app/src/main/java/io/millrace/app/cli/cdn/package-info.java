/** The commands that act upon the HTTP edge, through the node's console. */
@NullMarked
package io.millrace.app.cli.cdn;

import org.jspecify.annotations.NullMarked;
