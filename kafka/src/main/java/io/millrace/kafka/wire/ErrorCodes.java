package io.millrace.kafka.wire;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/**
 * What each refusal of the broker is called in Kafka's protocol (protocol guide, "Error Codes").
 */
public final class ErrorCodes {

  private ErrorCodes() {}

  /** Kafka's error for a refusal. */
  public static Errors of(BrokerError error) {
    return switch (error) {
      case UNKNOWN_TOPIC_OR_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
      case UNKNOWN_TOPIC_ID -> Errors.UNKNOWN_TOPIC_ID;
      case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
      case INVALID_TOPIC_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
      case INVALID_PARTITION_COUNT -> Errors.INVALID_PARTITIONS;
      case INVALID_REPLICATION_FACTOR -> Errors.INVALID_REPLICATION_FACTOR;
      case INVALID_SETTING -> Errors.INVALID_CONFIG;
      case POLICY_VIOLATION -> Errors.POLICY_VIOLATION;
      case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
      case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
      case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
      case UNSUPPORTED_BATCH_FORMAT -> Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT;
      case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
      case INVALID_RECORD -> Errors.INVALID_RECORD;
      case STORAGE -> Errors.KAFKA_STORAGE_ERROR;
      case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
      case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
      case UNKNOWN_PRODUCER -> Errors.UNKNOWN_PRODUCER_ID;
      case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
      case INVALID_TRANSACTION_STATE -> Errors.INVALID_TXN_STATE;
      case TRANSACTION_ABORTABLE -> Errors.TRANSACTION_ABORTABLE;
      case CONCURRENT_TRANSACTIONS -> Errors.CONCURRENT_TRANSACTIONS;
      case PRODUCER_FENCED -> Errors.PRODUCER_FENCED;
      case INVALID_PRODUCER_ID_MAPPING -> Errors.INVALID_PRODUCER_ID_MAPPING;
      case INVALID_TRANSACTION_TIMEOUT -> Errors.INVALID_TRANSACTION_TIMEOUT;
      case INVALID_TRANSACTIONAL_ID -> Errors.INVALID_REQUEST;
      case TRANSACTIONAL_ID_NOT_FOUND -> Errors.TRANSACTIONAL_ID_NOT_FOUND;
      case NOT_ENOUGH_REPLICAS -> Errors.NOT_ENOUGH_REPLICAS;
      case FENCED_LEADER_EPOCH -> Errors.FENCED_LEADER_EPOCH;
      case UNKNOWN_LEADER_EPOCH -> Errors.UNKNOWN_LEADER_EPOCH;
      case COORDINATOR_NOT_AVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
      case COORDINATOR_LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
      case NOT_COORDINATOR -> Errors.NOT_COORDINATOR;
      case INVALID_GROUP_ID -> Errors.INVALID_GROUP_ID;
      case UNKNOWN_MEMBER -> Errors.UNKNOWN_MEMBER_ID;
      case MEMBER_ID_REQUIRED -> Errors.MEMBER_ID_REQUIRED;
      case ILLEGAL_GENERATION -> Errors.ILLEGAL_GENERATION;
      case INCONSISTENT_GROUP_PROTOCOL -> Errors.INCONSISTENT_GROUP_PROTOCOL;
      case INVALID_SESSION_TIMEOUT -> Errors.INVALID_SESSION_TIMEOUT;
      case REBALANCE_IN_PROGRESS -> Errors.REBALANCE_IN_PROGRESS;
      case FENCED_INSTANCE_ID -> Errors.FENCED_INSTANCE_ID;
      case UNRELEASED_INSTANCE_ID -> Errors.UNRELEASED_INSTANCE_ID;
      case FENCED_MEMBER_EPOCH -> Errors.FENCED_MEMBER_EPOCH;
      case STALE_MEMBER_EPOCH -> Errors.STALE_MEMBER_EPOCH;
      case UNSUPPORTED_ASSIGNOR -> Errors.UNSUPPORTED_ASSIGNOR;
      case INVALID_REGULAR_EXPRESSION -> Errors.INVALID_REGULAR_EXPRESSION;
      case INVALID_GROUP_REQUEST -> Errors.INVALID_REQUEST;
      case INVALID_TOPOLOGY -> Errors.STREAMS_INVALID_TOPOLOGY;
      case GROUP_FULL -> Errors.GROUP_MAX_SIZE_REACHED;
      case NON_EMPTY_GROUP -> Errors.NON_EMPTY_GROUP;
      case GROUP_NOT_FOUND -> Errors.GROUP_ID_NOT_FOUND;
      case GROUP_SUBSCRIBED_TO_TOPIC -> Errors.GROUP_SUBSCRIBED_TO_TOPIC;
      case INVALID_RECORD_STATE -> Errors.INVALID_RECORD_STATE;
      case OFFSET_METADATA_TOO_LARGE -> Errors.OFFSET_METADATA_TOO_LARGE;
      case UNKNOWN_USER, UNKNOWN_VIRTUAL_HOST -> Errors.RESOURCE_NOT_FOUND;
      case INVALID_ACCESS_ENTRY -> Errors.INVALID_REQUEST;
      // Both are passing states: the client is to try again.
      case OVERLOADED -> Errors.REQUEST_TIMED_OUT;
      case CLOSING -> Errors.NOT_LEADER_OR_FOLLOWER;
    };
  }

  /** Kafka's error for whatever a call of the broker failed with. */
  public static Errors of(Throwable failure) {
    Throwable cause = cause(failure);
    return switch (cause) {
      case BrokerException refusal -> of(refusal.error());
      case ApiException named -> Errors.forException(named);
      default -> Errors.UNKNOWN_SERVER_ERROR;
    };
  }

  /** The failure inside what a completion stage wraps around it. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
