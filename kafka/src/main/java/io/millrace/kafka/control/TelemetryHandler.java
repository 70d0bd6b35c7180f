package io.millrace.kafka.control;

import io.millrace.kafka.telemetry.ClientTelemetry;
import io.millrace.kafka.telemetry.ClientTelemetry.Asked;
import io.millrace.kafka.telemetry.ClientTelemetry.Push;
import io.millrace.kafka.telemetry.TelemetryClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Answers GetTelemetrySubscriptions and PushTelemetry (KIP-714). */
final class TelemetryHandler {

  private final ClientTelemetry telemetry;

  TelemetryHandler(ClientTelemetry telemetry) {
    this.telemetry = telemetry;
  }

  CompletionStage<GetTelemetrySubscriptionsResponseData> subscriptions(
      GetTelemetrySubscriptionsRequestData request, Caller caller) {
    Asked asked = telemetry.ask(MetadataHandler.toUuid(request.clientInstanceId()), client(caller));
    GetTelemetrySubscriptionsResponseData response = new GetTelemetrySubscriptionsResponseData();
    if (asked.error() != Errors.NONE) {
      return CompletableFuture.completedFuture(response.setErrorCode(asked.error().code()));
    }
    return CompletableFuture.completedFuture(
        response
            .setClientInstanceId(MetadataHandler.fromUuid(asked.instance()))
            .setSubscriptionId(asked.subscriptionId())
            .setRequestedMetrics(asked.metrics())
            .setAcceptedCompressionTypes(ClientTelemetry.COMPRESSION_TYPES)
            .setPushIntervalMs(asked.intervalMillis())
            .setTelemetryMaxBytes(telemetry.maxBytes())
            // Gauges of the node show what was counted since the client began.
            .setDeltaTemporality(false));
  }

  CompletionStage<PushTelemetryResponseData> push(PushTelemetryRequestData request, Caller caller) {
    Errors error =
        telemetry.push(
            new Push(
                MetadataHandler.toUuid(request.clientInstanceId()),
                request.subscriptionId(),
                request.terminating(),
                request.compressionType(),
                request.metrics()),
            client(caller));
    return CompletableFuture.completedFuture(
        new PushTelemetryResponseData().setErrorCode(error.code()));
  }

  private static TelemetryClient client(Caller caller) {
    return new TelemetryClient(
        caller.clientId(),
        caller.software().name(),
        caller.software().version(),
        caller.access().host(),
        caller.clientPort());
  }
}
