package io.millrace.kafka.control;

import io.millrace.broker.security.Operation;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about what clients may use and are asked for. */
final class ClientGuards {

  private static final Errors CLUSTER = Errors.CLUSTER_AUTHORIZATION_FAILED;

  private ClientGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(48, ClientGuards::describe);
    guards.put(49, ClientGuards::alter);
    // As in Kafka, every client may say how it fares: it tells of itself alone.
    guards.<GetTelemetrySubscriptionsRequestData>put(
        71, (request, caller, next) -> next.answer(request, caller));
    guards.<PushTelemetryRequestData>put(
        72, (request, caller, next) -> next.answer(request, caller));
    guards.put(74, ClientGuards::listConfigResources);
  }

  private static CompletionStage<? extends ApiMessage> describe(
      DescribeClientQuotasRequestData request,
      Caller caller,
      Answerer<DescribeClientQuotasRequestData> next) {
    return caller.access().mayCluster(Operation.DESCRIBE_CONFIGS)
        ? next.answer(request, caller)
        : Guards.now(
            new DescribeClientQuotasResponseData()
                .setErrorCode(CLUSTER.code())
                .setErrorMessage(CLUSTER.message())
                .setEntries(null));
  }

  private static CompletionStage<? extends ApiMessage> alter(
      AlterClientQuotasRequestData request,
      Caller caller,
      Answerer<AlterClientQuotasRequestData> next) {
    if (caller.access().mayCluster(Operation.ALTER_CONFIGS)) {
      return next.answer(request, caller);
    }
    List<AlterClientQuotasResponseData.EntryData> denied = new ArrayList<>();
    for (AlterClientQuotasRequestData.EntryData entry : request.entries()) {
      denied.add(
          new AlterClientQuotasResponseData.EntryData()
              .setEntity(QuotasHandler.answered(entry))
              .setErrorCode(CLUSTER.code())
              .setErrorMessage(CLUSTER.message()));
    }
    return Guards.now(new AlterClientQuotasResponseData().setEntries(denied));
  }

  private static CompletionStage<? extends ApiMessage> listConfigResources(
      ListConfigResourcesRequestData request,
      Caller caller,
      Answerer<ListConfigResourcesRequestData> next) {
    return caller.access().mayCluster(Operation.DESCRIBE_CONFIGS)
        ? next.answer(request, caller)
        : Guards.now(new ListConfigResourcesResponseData().setErrorCode(CLUSTER.code()));
  }
}
