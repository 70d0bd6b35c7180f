/**
 * How the program's own log looks: set up in code, because reading Logback's XML would cost a third
 * of the time to start.
 */
@NullMarked
package io.millrace.app.logging;

import org.jspecify.annotations.NullMarked;
