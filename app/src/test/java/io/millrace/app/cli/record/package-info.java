/** Tests of how commands write keys and values. */
@NullMarked
package io.millrace.app.cli.record;

import org.jspecify.annotations.NullMarked;
