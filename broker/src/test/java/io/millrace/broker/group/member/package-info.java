@NullMarked
package io.millrace.broker.group.member;

import org.jspecify.annotations.NullMarked;
