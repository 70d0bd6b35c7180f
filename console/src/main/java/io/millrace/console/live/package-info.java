/**
 * The live feed: one sample a second of what the node does, taken once for all who watch and only
 * while somebody does.
 */
@NullMarked
package io.millrace.console.live;

import org.jspecify.annotations.NullMarked;
