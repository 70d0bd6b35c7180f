/**
 * How much a client may use, as Kafka's client quotas say it (KIP-13, KIP-124, KIP-546, KIP-599,
 * KIP-612): entities, limits, and which limit counts for whom. Values and pure functions only: the
 * records in which they are kept are {@code metadata}'s, and the counting and holding back is the
 * protocols'.
 */
@NullMarked
package io.millrace.broker.quota;

import org.jspecify.annotations.NullMarked;
