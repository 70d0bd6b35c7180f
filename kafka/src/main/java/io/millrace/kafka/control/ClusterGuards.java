package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.ResourceType;
import io.millrace.kafka.control.MessageHandler.Answerer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Guards of the requests about the cluster as a whole, and about settings. */
final class ClusterGuards {

  private static final Errors CLUSTER = Errors.CLUSTER_AUTHORIZATION_FAILED;
  private static final byte TOPIC = 2;
  private static final byte GROUP = 32;

  private ClusterGuards() {}

  static void register(Guards.Registry guards) {
    guards.put(22, ClusterGuards::initProducerId);
    guards.put(29, ClusterGuards::describeAcls);
    guards.put(30, ClusterGuards::createAcls);
    guards.put(31, ClusterGuards::deleteAcls);
    guards.put(32, ClusterGuards::describeConfigs);
    guards.put(33, ClusterGuards::replaceConfigs);
    guards.put(44, ClusterGuards::changeConfigs);
    guards.put(50, ClusterGuards::describeScram);
    guards.put(51, ClusterGuards::alterScram);
  }

  /** Whoever may write to some topic may do so idempotently (KIP-679). */
  private static CompletionStage<? extends ApiMessage> initProducerId(
      InitProducerIdRequestData request, Caller caller, Answerer<InitProducerIdRequestData> next) {
    Access access = caller.access();
    String transactionalId = request.transactionalId();
    if (transactionalId != null) {
      return access.mayTransactionalId(Operation.WRITE, transactionalId)
          ? next.answer(request, caller)
          : Guards.now(
              new InitProducerIdResponseData()
                  .setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code()));
    }
    boolean may =
        access.mayCluster(Operation.IDEMPOTENT_WRITE)
            || access
                .authorizer()
                .allowsSomewhere(
                    access.principal(), access.host(), Operation.WRITE, ResourceType.TOPIC);
    return may
        ? next.answer(request, caller)
        : Guards.now(new InitProducerIdResponseData().setErrorCode(CLUSTER.code()));
  }

  // ---- access control lists ----

  private static CompletionStage<? extends ApiMessage> describeAcls(
      DescribeAclsRequestData request, Caller caller, Answerer<DescribeAclsRequestData> next) {
    return caller.access().mayCluster(Operation.DESCRIBE)
        ? next.answer(request, caller)
        : Guards.now(
            new DescribeAclsResponseData()
                .setErrorCode(CLUSTER.code())
                .setErrorMessage(CLUSTER.message()));
  }

  private static CompletionStage<? extends ApiMessage> createAcls(
      CreateAclsRequestData request, Caller caller, Answerer<CreateAclsRequestData> next) {
    if (caller.access().mayCluster(Operation.ALTER)) {
      return next.answer(request, caller);
    }
    List<AclCreationResult> results = new ArrayList<>();
    for (int i = 0; i < request.creations().size(); i++) {
      results.add(
          new AclCreationResult().setErrorCode(CLUSTER.code()).setErrorMessage(CLUSTER.message()));
    }
    return Guards.now(new CreateAclsResponseData().setResults(results));
  }

  private static CompletionStage<? extends ApiMessage> deleteAcls(
      DeleteAclsRequestData request, Caller caller, Answerer<DeleteAclsRequestData> next) {
    if (caller.access().mayCluster(Operation.ALTER)) {
      return next.answer(request, caller);
    }
    List<DeleteAclsFilterResult> results = new ArrayList<>();
    for (int i = 0; i < request.filters().size(); i++) {
      results.add(
          new DeleteAclsFilterResult()
              .setErrorCode(CLUSTER.code())
              .setErrorMessage(CLUSTER.message()));
    }
    return Guards.now(new DeleteAclsResponseData().setFilterResults(results));
  }

  // ---- settings ----

  /** The error of a client that may not do that to the settings of a resource. */
  private static Errors check(Caller caller, Operation operation, byte kind, String name) {
    if (kind == TOPIC) {
      return caller.access().mayTopic(operation, name)
          ? Errors.NONE
          : Errors.TOPIC_AUTHORIZATION_FAILED;
    }
    if (kind == GROUP) {
      return caller.access().mayGroup(operation, name)
          ? Errors.NONE
          : Errors.GROUP_AUTHORIZATION_FAILED;
    }
    return caller.access().mayCluster(operation) ? Errors.NONE : CLUSTER;
  }

  private static CompletionStage<DescribeConfigsResponseData> describeConfigs(
      DescribeConfigsRequestData request,
      Caller caller,
      Answerer<DescribeConfigsRequestData> next) {
    List<DescribeConfigsResult> denied = new ArrayList<>();
    for (Iterator<DescribeConfigsResource> all = request.resources().iterator(); all.hasNext(); ) {
      DescribeConfigsResource asked = all.next();
      Errors error =
          check(caller, Operation.DESCRIBE_CONFIGS, asked.resourceType(), asked.resourceName());
      if (error != Errors.NONE) {
        all.remove();
        denied.add(
            new DescribeConfigsResult()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message()));
      }
    }
    return next.answer(request, caller)
        .thenApply(DescribeConfigsResponseData.class::cast)
        .thenApply(
            response -> {
              response.results().addAll(denied);
              return response;
            });
  }

  private static CompletionStage<AlterConfigsResponseData> replaceConfigs(
      AlterConfigsRequestData request, Caller caller, Answerer<AlterConfigsRequestData> next) {
    List<AlterConfigsResponseData.AlterConfigsResourceResponse> denied = new ArrayList<>();
    for (Iterator<AlterConfigsRequestData.AlterConfigsResource> all =
            request.resources().iterator();
        all.hasNext(); ) {
      AlterConfigsRequestData.AlterConfigsResource asked = all.next();
      Errors error =
          check(caller, Operation.ALTER_CONFIGS, asked.resourceType(), asked.resourceName());
      if (error != Errors.NONE) {
        all.remove();
        denied.add(
            new AlterConfigsResponseData.AlterConfigsResourceResponse()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message()));
      }
    }
    return next.answer(request, caller)
        .thenApply(AlterConfigsResponseData.class::cast)
        .thenApply(
            response -> {
              response.responses().addAll(denied);
              return response;
            });
  }

  private static CompletionStage<IncrementalAlterConfigsResponseData> changeConfigs(
      IncrementalAlterConfigsRequestData request,
      Caller caller,
      Answerer<IncrementalAlterConfigsRequestData> next) {
    List<IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse> denied =
        new ArrayList<>();
    for (Iterator<IncrementalAlterConfigsRequestData.AlterConfigsResource> all =
            request.resources().iterator();
        all.hasNext(); ) {
      IncrementalAlterConfigsRequestData.AlterConfigsResource asked = all.next();
      Errors error =
          check(caller, Operation.ALTER_CONFIGS, asked.resourceType(), asked.resourceName());
      if (error != Errors.NONE) {
        all.remove();
        denied.add(
            new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                .setResourceType(asked.resourceType())
                .setResourceName(asked.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(error.message()));
      }
    }
    return next.answer(request, caller)
        .thenApply(IncrementalAlterConfigsResponseData.class::cast)
        .thenApply(
            response -> {
              response.responses().addAll(denied);
              return response;
            });
  }

  // ---- SCRAM users ----

  private static CompletionStage<? extends ApiMessage> describeScram(
      DescribeUserScramCredentialsRequestData request,
      Caller caller,
      Answerer<DescribeUserScramCredentialsRequestData> next) {
    return caller.access().mayCluster(Operation.DESCRIBE)
        ? next.answer(request, caller)
        : Guards.now(
            new DescribeUserScramCredentialsResponseData()
                .setErrorCode(CLUSTER.code())
                .setErrorMessage(CLUSTER.message()));
  }

  private static CompletionStage<? extends ApiMessage> alterScram(
      AlterUserScramCredentialsRequestData request,
      Caller caller,
      Answerer<AlterUserScramCredentialsRequestData> next) {
    if (caller.access().mayCluster(Operation.ALTER)) {
      return next.answer(request, caller);
    }
    List<String> users = new ArrayList<>();
    request.deletions().forEach(gone -> users.add(gone.name()));
    request.upsertions().forEach(put -> users.add(put.name()));
    List<AlterUserScramCredentialsResult> results = new ArrayList<>();
    for (String user : users.stream().distinct().toList()) {
      results.add(
          new AlterUserScramCredentialsResult()
              .setUser(user)
              .setErrorCode(CLUSTER.code())
              .setErrorMessage(CLUSTER.message()));
    }
    return Guards.now(new AlterUserScramCredentialsResponseData().setResults(results));
  }
}
