/** The events of the Nexmark benchmark are of the published shape, and always the same. */
@NullMarked
package io.millrace.streams.nexmark;

import org.jspecify.annotations.NullMarked;
