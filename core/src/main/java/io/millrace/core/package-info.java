/**
 * The few types that every module shares: time, timers, serial execution, and the error for a bad
 * setting.
 *
 * <p>Nothing here knows of records, protocols or disks. A type belongs here only when two modules
 * that cannot see each other both need it.
 */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
