package io.millrace.kafka.control;

import io.millrace.broker.AclStore;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.PatternType;
import io.millrace.broker.security.Permission;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceType;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsMatchingAcl;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsResponseData.AclDescription;
import org.apache.kafka.common.message.DescribeAclsResponseData.DescribeAclsResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.jspecify.annotations.Nullable;

/** Answers CreateAcls, DescribeAcls and DeleteAcls. */
final class AclsHandler {

  private static final String DISABLED = "No Authorizer is configured.";

  private final AclStore acls;
  private final boolean enabled;

  /**
   * @param enabled whether requests are checked against the entries at all; else they are not taken
   */
  AclsHandler(AclStore acls, boolean enabled) {
    this.acls = acls;
    this.enabled = enabled;
  }

  // ---- CreateAcls ----

  CompletionStage<CreateAclsResponseData> create(CreateAclsRequestData request, Caller caller) {
    List<AclCreationResult> results = new ArrayList<>();
    Set<AclBinding> good = new LinkedHashSet<>();
    for (AclCreation asked : request.creations()) {
      AclCreationResult result = new AclCreationResult();
      try {
        if (enabled) {
          good.add(binding(asked));
        } else {
          result.setErrorCode(Errors.SECURITY_DISABLED.code()).setErrorMessage(DISABLED);
        }
      } catch (IllegalArgumentException e) {
        result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(e.getMessage());
      }
      results.add(result);
    }
    return acls.add(good)
        .handle(
            (added, failure) -> {
              for (AclCreationResult result : results) {
                if (failure != null && result.errorCode() == 0) {
                  result
                      .setErrorCode(ErrorCodes.of(failure).code())
                      .setErrorMessage(ErrorCodes.cause(failure).getMessage());
                }
              }
              return new CreateAclsResponseData().setResults(results);
            });
  }

  private static AclBinding binding(AclCreation asked) {
    ResourceType type = ResourceType.of(asked.resourceType());
    PatternType pattern = PatternType.of(asked.resourcePatternType());
    Operation operation = Operation.of(asked.operation());
    Permission permission = Permission.of(asked.permissionType());
    if (type == null || pattern == null || operation == null || permission == null) {
      throw new IllegalArgumentException(
          "an entry names one resource type, pattern type, operation and permission that exist");
    }
    if (asked.resourceName().isEmpty() || asked.host().isEmpty()) {
      throw new IllegalArgumentException("an entry names a resource and a host, or * for any");
    }
    if (type == ResourceType.CLUSTER && !asked.resourceName().equals(AclBinding.CLUSTER_NAME)) {
      throw new IllegalArgumentException(
          "The only valid name for the CLUSTER resource is " + AclBinding.CLUSTER_NAME);
    }
    return new AclBinding(
        type,
        pattern,
        asked.resourceName(),
        Principal.parse(asked.principal()),
        asked.host(),
        operation,
        permission);
  }

  // ---- DescribeAcls ----

  CompletionStage<DescribeAclsResponseData> describe(
      DescribeAclsRequestData request, Caller caller) {
    DescribeAclsResponseData response = new DescribeAclsResponseData();
    if (!enabled) {
      return CompletableFuture.completedFuture(
          response.setErrorCode(Errors.SECURITY_DISABLED.code()).setErrorMessage(DISABLED));
    }
    AclBindingFilter filter;
    try {
      filter =
          filter(
              request.resourceTypeFilter(),
              request.resourceNameFilter(),
              request.patternTypeFilter(),
              request.principalFilter(),
              request.hostFilter(),
              request.operation(),
              request.permissionType());
    } catch (InvalidRequestException e) {
      return CompletableFuture.completedFuture(
          response.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(e.getMessage()));
    }
    Map<ResourcePattern, DescribeAclsResource> resources = new LinkedHashMap<>();
    for (AclBinding binding : acls.index().all()) {
      if (filter.matches(kafkas(binding))) {
        resources
            .computeIfAbsent(
                kafkas(binding).pattern(),
                pattern ->
                    new DescribeAclsResource()
                        .setResourceType(binding.type().code())
                        .setResourceName(binding.name())
                        .setPatternType(binding.pattern().code()))
            .acls()
            .add(
                new AclDescription()
                    .setPrincipal(binding.principal().toString())
                    .setHost(binding.host())
                    .setOperation(binding.operation().code())
                    .setPermissionType(binding.permission().code()));
      }
    }
    return CompletableFuture.completedFuture(
        response.setResources(List.copyOf(resources.values())));
  }

  // ---- DeleteAcls ----

  CompletionStage<DeleteAclsResponseData> delete(DeleteAclsRequestData request, Caller caller) {
    List<DeleteAclsFilterResult> results = new ArrayList<>();
    Set<AclBinding> gone = new LinkedHashSet<>();
    for (DeleteAclsFilter asked : request.filters()) {
      DeleteAclsFilterResult result = new DeleteAclsFilterResult();
      results.add(result);
      if (!enabled) {
        result.setErrorCode(Errors.SECURITY_DISABLED.code()).setErrorMessage(DISABLED);
        continue;
      }
      try {
        AclBindingFilter filter =
            filter(
                asked.resourceTypeFilter(),
                asked.resourceNameFilter(),
                asked.patternTypeFilter(),
                asked.principalFilter(),
                asked.hostFilter(),
                asked.operation(),
                asked.permissionType());
        for (AclBinding binding : acls.index().all()) {
          if (filter.matches(kafkas(binding))) {
            gone.add(binding);
            result.matchingAcls().add(matching(binding));
          }
        }
      } catch (InvalidRequestException e) {
        result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(e.getMessage());
      }
    }
    return acls.remove(gone)
        .handle(
            (removed, failure) -> {
              if (failure != null) {
                for (DeleteAclsFilterResult result : results) {
                  result
                      .setErrorCode(ErrorCodes.of(failure).code())
                      .setErrorMessage(ErrorCodes.cause(failure).getMessage())
                      .setMatchingAcls(List.of());
                }
              }
              return new DeleteAclsResponseData().setFilterResults(results);
            });
  }

  private static DeleteAclsMatchingAcl matching(AclBinding binding) {
    return new DeleteAclsMatchingAcl()
        .setResourceType(binding.type().code())
        .setResourceName(binding.name())
        .setPatternType(binding.pattern().code())
        .setPrincipal(binding.principal().toString())
        .setHost(binding.host())
        .setOperation(binding.operation().code())
        .setPermissionType(binding.permission().code());
  }

  // ---- in Kafka's words ----

  private static AclBindingFilter filter(
      byte type,
      @Nullable String name,
      byte pattern,
      @Nullable String principal,
      @Nullable String host,
      byte operation,
      byte permission) {
    AclBindingFilter filter =
        new AclBindingFilter(
            new ResourcePatternFilter(
                org.apache.kafka.common.resource.ResourceType.fromCode(type),
                name,
                org.apache.kafka.common.resource.PatternType.fromCode(pattern)),
            new AccessControlEntryFilter(
                principal,
                host,
                AclOperation.fromCode(operation),
                AclPermissionType.fromCode(permission)));
    if (filter.isUnknown()) {
      throw new InvalidRequestException("The AclBindingFilter must not contain UNKNOWN elements.");
    }
    return filter;
  }

  private static org.apache.kafka.common.acl.AclBinding kafkas(AclBinding binding) {
    return new org.apache.kafka.common.acl.AclBinding(
        new ResourcePattern(
            org.apache.kafka.common.resource.ResourceType.fromCode(binding.type().code()),
            binding.name(),
            org.apache.kafka.common.resource.PatternType.fromCode(binding.pattern().code())),
        new AccessControlEntry(
            binding.principal().toString(),
            binding.host(),
            AclOperation.fromCode(binding.operation().code()),
            AclPermissionType.fromCode(binding.permission().code())));
  }
}
