package io.millrace.broker.group.share;

/**
 * Records that a member has got and locked.
 *
 * @param last the last offset, inclusive
 * @param deliveryCount how often they were delivered, this time included
 */
public record AcquiredRecords(long first, long last, int deliveryCount) {}
