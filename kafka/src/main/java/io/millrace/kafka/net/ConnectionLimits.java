package io.millrace.kafka.net;

import java.time.Duration;

/**
 * What a connection may take.
 *
 * @param maxRequestBytes longest frame; a longer one closes the connection ({@code
 *     socket.request.max.bytes})
 * @param maxRequests requests read but not yet answered; then the socket is no longer read
 * @param maxRequestBytesInFlight bytes of those requests; then the socket is no longer read
 * @param idleTimeout a connection without traffic for so long is closed
 * @param arrivalTimeout a request that has begun to arrive and makes no progress for so long closes
 *     its connection
 */
public record ConnectionLimits(
    int maxRequestBytes,
    int maxRequests,
    long maxRequestBytesInFlight,
    Duration idleTimeout,
    Duration arrivalTimeout) {}
