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
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about client quotas: they are settings of the cluster. */
final class QuotaGuards {

  private static final Errors CLUSTER = Errors.CLUSTER_AUTHORIZATION_FAILED;

  private QuotaGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(48, QuotaGuards::describe);
    guards.put(49, QuotaGuards::alter);
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
}
