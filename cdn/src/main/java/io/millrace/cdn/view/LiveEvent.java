package io.millrace.cdn.view;

import io.netty.buffer.ByteBuf;

/**
 * A change of a key, encoded once for all who follow.
 *
 * @param version of the key's document that this leads to; versions rise from event to event
 * @param bytes the whole event; counted, each holder has a reference of its own
 */
record LiveEvent(String key, long version, ByteBuf bytes) {}
