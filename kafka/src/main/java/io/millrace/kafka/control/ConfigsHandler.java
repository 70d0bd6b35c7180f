package io.millrace.kafka.control;

import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Answers DescribeConfigs, AlterConfigs and IncrementalAlterConfigs: each resource by its kind. */
final class ConfigsHandler {

  private final Map<Byte, ResourceConfigs> kinds;

  /**
   * @param kinds by the numbers that requests give them
   */
  ConfigsHandler(Map<Byte, ResourceConfigs> kinds) {
    this.kinds = Map.copyOf(kinds);
  }

  private ResourceConfigs kind(byte kind) {
    ResourceConfigs configs = kinds.get(kind);
    if (configs == null) {
      throw new InvalidRequestException(
          "resources of kind "
              + kind
              + " have no settings here; allowed: "
              + new TreeSet<>(kinds.keySet()));
    }
    return configs;
  }

  CompletionStage<DescribeConfigsResponseData> describe(
      DescribeConfigsRequestData request, Caller caller) {
    List<DescribeConfigsResult> results = new ArrayList<>();
    for (DescribeConfigsResource asked : request.resources()) {
      DescribeConfigsResult result =
          new DescribeConfigsResult()
              .setResourceType(asked.resourceType())
              .setResourceName(asked.resourceName());
      try {
        result.setConfigs(kind(asked.resourceType()).describe(asked, request));
      } catch (RuntimeException e) {
        result.setErrorCode(ErrorCodes.of(e).code()).setErrorMessage(e.getMessage());
      }
      results.add(result);
    }
    return CompletableFuture.completedFuture(new DescribeConfigsResponseData().setResults(results));
  }

  CompletionStage<IncrementalAlterConfigsResponseData> change(
      IncrementalAlterConfigsRequestData request, Caller caller) {
    List<CompletionStage<IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse>> all =
        new ArrayList<>();
    for (IncrementalAlterConfigsRequestData.AlterConfigsResource asked : request.resources()) {
      all.add(
          outcome(
                  () ->
                      kind(asked.resourceType())
                          .change(
                              asked.resourceName(),
                              List.copyOf(asked.configs()),
                              request.validateOnly()))
              .thenApply(
                  outcome ->
                      new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                          .setResourceType(asked.resourceType())
                          .setResourceName(asked.resourceName())
                          .setErrorCode(outcome.error().code())
                          .setErrorMessage(outcome.message())));
    }
    return Stages.all(all)
        .thenApply(list -> new IncrementalAlterConfigsResponseData().setResponses(list));
  }

  CompletionStage<AlterConfigsResponseData> replace(
      AlterConfigsRequestData request, Caller caller) {
    List<CompletionStage<AlterConfigsResponseData.AlterConfigsResourceResponse>> all =
        new ArrayList<>();
    for (AlterConfigsRequestData.AlterConfigsResource asked : request.resources()) {
      all.add(
          outcome(
                  () ->
                      kind(asked.resourceType())
                          .replace(asked.resourceName(), settings(asked), request.validateOnly()))
              .thenApply(
                  outcome ->
                      new AlterConfigsResponseData.AlterConfigsResourceResponse()
                          .setResourceType(asked.resourceType())
                          .setResourceName(asked.resourceName())
                          .setErrorCode(outcome.error().code())
                          .setErrorMessage(outcome.message())));
    }
    return Stages.all(all).thenApply(list -> new AlterConfigsResponseData().setResponses(list));
  }

  private static Map<String, @Nullable String> settings(
      AlterConfigsRequestData.AlterConfigsResource asked) {
    Map<String, @Nullable String> settings = new LinkedHashMap<>();
    asked.configs().forEach(config -> settings.put(config.name(), config.value()));
    return settings;
  }

  /** How a change ended. */
  private record Outcome(Errors error, @Nullable String message) {}

  private static CompletionStage<Outcome> outcome(Supplier<CompletionStage<?>> change) {
    CompletionStage<?> done;
    try {
      done = change.get();
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    return done.handle(
        (changed, failure) ->
            failure == null
                ? new Outcome(Errors.NONE, null)
                : new Outcome(ErrorCodes.of(failure), ErrorCodes.cause(failure).getMessage()));
  }
}
