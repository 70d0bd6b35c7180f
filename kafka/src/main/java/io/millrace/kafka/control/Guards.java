package io.millrace.kafka.control;

import io.millrace.broker.security.Operation;
import io.millrace.broker.topic.Topics;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Stands before the code that answers requests, and lets through what the client may do. Each kind
 * of request has one guard: it takes out of the request what is denied, has the rest answered, and
 * puts the refusals into the answer, with the errors of Kafka's KafkaApis and ControllerApis. With
 * no authorizer nothing stands in between.
 */
final class Guards {

  /** Checks the requests of one API. */
  @FunctionalInterface
  interface Guard<Q extends ApiMessage> {
    CompletionStage<? extends ApiMessage> answer(Q request, Caller caller, Answerer<Q> next);
  }

  /** Guards that are being gathered, each under its API's number. */
  static final class Registry {
    private final Map<Integer, Guard<?>> guards = new HashMap<>();

    <Q extends ApiMessage> void put(int api, Guard<Q> guard) {
      guards.put(api, guard);
    }
  }

  private final Registry registry = new Registry();

  /**
   * @param autoCreate whether topics are made when a client asks for them and they are missing
   */
  Guards(Topics topics, boolean autoCreate) {
    TopicGuards.register(registry);
    MetadataGuards.register(registry, topics, autoCreate);
    GroupGuards.register(registry, topics);
    MemberGuards.register(registry);
    ShareGroupGuards.register(registry);
    OffsetFetchGuard.register(registry, topics);
    ClusterGuards.register(registry);
    NodeGuards.register(registry);
    ClientGuards.register(registry);
    TransactionGuards.register(registry, topics);
  }

  /** Whether requests of that API are checked one by one. */
  boolean knows(int api) {
    return registry.guards.containsKey(api);
  }

  /**
   * The same with a guard before it. An API that has none is for other nodes, and for whoever may
   * act as one.
   */
  <Q extends ApiMessage> Answerer<Q> before(int api, Answerer<Q> next) {
    // An API's guard takes the requests that the API's decoder makes.
    @SuppressWarnings("unchecked")
    Guard<Q> guard = (Guard<Q>) registry.guards.get(api);
    if (guard == null) {
      return (request, caller) ->
          caller.access().mayCluster(Operation.CLUSTER_ACTION)
              ? next.answer(request, caller)
              : CompletableFuture.failedFuture(
                  new ClusterAuthorizationException("API " + api + " is for nodes only"));
    }
    return (request, caller) ->
        caller.access().isUnlimited()
            ? next.answer(request, caller)
            : guard.answer(request, caller, next);
  }

  /** An answer that is there at once. */
  static <T> CompletionStage<T> now(T response) {
    return CompletableFuture.completedFuture(response);
  }
}
