package io.millrace.streams.sql;

/**
 * A name in a script.
 *
 * @param text the name, without quotes
 * @param position where it stands
 */
record Name(String text, Position position) {}
