/**
 * What the registry has to know of a schema format: whether a text is a schema, its canonical form,
 * and whether one schema can read what another has written. One package below for each format; the
 * texts are hostile, so size, depth and number of reasons are bounded before libraries see them.
 */
@NullMarked
package io.millrace.schema.format;

import org.jspecify.annotations.NullMarked;
