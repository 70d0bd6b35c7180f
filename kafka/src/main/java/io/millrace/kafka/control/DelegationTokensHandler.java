package io.millrace.kafka.control;

import io.millrace.broker.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers the requests about delegation tokens (KIP-48) as a Kafka broker does that has no {@code
 * delegation.token.secret.key}: there are none.
 */
final class DelegationTokensHandler {

  private static final short FIRST_WITH_REQUESTER = 3;

  private DelegationTokensHandler() {}

  /** Who has not said who it is could not have a token anyway, and is told that first. */
  private static short error(Caller caller) {
    return caller.access().principal().equals(Principal.ANONYMOUS)
        ? Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code()
        : Errors.DELEGATION_TOKEN_AUTH_DISABLED.code();
  }

  static CompletionStage<CreateDelegationTokenResponseData> create(
      CreateDelegationTokenRequestData request, Caller caller) {
    Principal requester = caller.access().principal();
    boolean forAnother =
        request.ownerPrincipalName() != null && !request.ownerPrincipalName().isEmpty();
    CreateDelegationTokenResponseData response =
        new CreateDelegationTokenResponseData()
            .setErrorCode(error(caller))
            .setPrincipalType(forAnother ? request.ownerPrincipalType() : requester.type())
            .setPrincipalName(forAnother ? request.ownerPrincipalName() : requester.name())
            .setIssueTimestampMs(-1)
            .setExpiryTimestampMs(-1)
            .setMaxTimestampMs(-1);
    if (caller.version() >= FIRST_WITH_REQUESTER) {
      response
          .setTokenRequesterPrincipalType(requester.type())
          .setTokenRequesterPrincipalName(requester.name());
    }
    return CompletableFuture.completedFuture(response);
  }

  static CompletionStage<RenewDelegationTokenResponseData> renew(
      RenewDelegationTokenRequestData request, Caller caller) {
    return CompletableFuture.completedFuture(
        new RenewDelegationTokenResponseData()
            .setErrorCode(error(caller))
            .setExpiryTimestampMs(-1));
  }

  static CompletionStage<ExpireDelegationTokenResponseData> expire(
      ExpireDelegationTokenRequestData request, Caller caller) {
    return CompletableFuture.completedFuture(
        new ExpireDelegationTokenResponseData()
            .setErrorCode(error(caller))
            .setExpiryTimestampMs(-1));
  }

  static CompletionStage<DescribeDelegationTokenResponseData> describe(
      DescribeDelegationTokenRequestData request, Caller caller) {
    return CompletableFuture.completedFuture(
        new DescribeDelegationTokenResponseData().setErrorCode(error(caller)));
  }
}
