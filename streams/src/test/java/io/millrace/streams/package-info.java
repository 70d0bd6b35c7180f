/** What the tests of the stream engine share: a node in the process, and plans. */
@NullMarked
package io.millrace.streams;

import org.jspecify.annotations.NullMarked;
