package io.millrace.kafka.quota;

import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one client are charged to; null where it has no limit.
 *
 * @param produce bytes of Produce requests
 * @param fetch bytes of Fetch answers
 * @param requests nanoseconds of processing
 * @param mutations partitions created and deleted
 */
public record ClientAccounts(
    @Nullable RateAccount produce,
    @Nullable RateAccount fetch,
    @Nullable RateAccount requests,
    @Nullable MutationBucket mutations) {

  static final ClientAccounts NONE = new ClientAccounts(null, null, null, null);
}
