package io.millrace.cdn.store;

/**
 * An object as it was read.
 *
 * @param head as it was given to the store
 * @param body whole: its checksum was compared; not retained
 */
@SuppressWarnings("ArrayRecordComponent") // a value that is only passed on
public record StoredObject(String name, byte[] head, Body body) {}
