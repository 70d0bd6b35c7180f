package io.millrace.broker.group;

import java.util.concurrent.CompletableFuture;

/**
 * A member of a heartbeat protocol as a client is one.
 *
 * @param <A> what heartbeats are answered
 */
interface HeartbeatClient<A> {

  /** A heartbeat that says everything. */
  CompletableFuture<A> send();

  /** A heartbeat that says nothing new. */
  CompletableFuture<A> sendNothingNew();

  /** A heartbeat by which it leaves, and then is somebody else. */
  CompletableFuture<A> sendLeaving(int how);

  /** Takes an answer over. */
  void take(A answer);

  /** Gives up what it has, and is nobody's member. */
  void forget();
}
