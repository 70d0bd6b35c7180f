/**
 * SASL for the Kafka port: the mechanisms PLAIN, SCRAM and OAUTHBEARER, whose messages are those of
 * Kafka's own library. In come settings and the node's credentials, out goes a {@code SaslServer}
 * for each authentication; the requests that carry it belong to {@code control}.
 */
@NullMarked
package io.millrace.kafka.sasl;

import org.jspecify.annotations.NullMarked;
