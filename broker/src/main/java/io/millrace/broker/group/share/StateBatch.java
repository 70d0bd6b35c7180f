package io.millrace.broker.group.share;

/**
 * The state of a range of records, as it is stored.
 *
 * @param last the last offset, inclusive
 * @param deliveryCount how often they were delivered
 */
public record StateBatch(long first, long last, DeliveryState state, int deliveryCount) {}
