/**
 * Exchanges and bindings: which queues a message goes to. No protocol's bytes and no queue's
 * contents are known here.
 *
 * <p>In comes a message's routing key and headers; out goes the set of queues, each at most once,
 * however many bindings and exchanges lead to it ({@link RouteSet}). Exchanges bound in a circle
 * are each asked once.
 *
 * <p>Who owns what: the virtual host's mailbox makes all changes; routing reads without a lock on
 * any thread and sees a binding from the moment on that its owner has been told of it. A direct
 * exchange is a hash table, a topic exchange a trie that is walked once per word with all that is
 * still possible ({@link TopicRouter}), so the time of a route depends on what matches and not on
 * how many bindings there are. A headers exchange looks at each of its bindings.
 *
 * <p>What has to outlive the node is a {@link TopologyEntry}: a record of the metadata log.
 */
@NullMarked
package io.millrace.broker.exchange;

import org.jspecify.annotations.NullMarked;
