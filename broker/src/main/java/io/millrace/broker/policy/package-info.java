/**
 * Policies: settings that queues and exchanges get by their names, without being declared anew, and
 * what else an operator writes down about virtual hosts.
 *
 * <p>In come definitions ({@link io.millrace.broker.policy.Policy}), checked key by key ({@link
 * io.millrace.broker.policy.PolicyKey}); out goes what holds for a queue or an exchange: of the
 * policies that match it the one of the highest priority, and the same of operator policies, merged
 * ({@link io.millrace.broker.policy.EffectivePolicy}). Who applies it is {@code broker.queue}.
 *
 * <p>All of it is kept in the metadata log as {@link
 * io.millrace.broker.exchange.TopologyEntry.Parameter} and changed through {@link
 * io.millrace.broker.policy.RuntimeParameters}. Everything else here is immutable.
 */
@NullMarked
package io.millrace.broker.policy;

import org.jspecify.annotations.NullMarked;
