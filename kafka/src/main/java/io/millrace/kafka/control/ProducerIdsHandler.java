package io.millrace.kafka.control;

import io.millrace.broker.ProducerIds;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.TransactionCoordinator.InitCommand;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Answers InitProducerId for idempotent and for transactional producers. */
final class ProducerIdsHandler {

  private static final short FIRST_EPOCH = 0;

  private static final short FIRST_WITH_FENCED = 4;

  private final ProducerIds producerIds;
  private final TransactionCoordinator transactions;

  ProducerIdsHandler(ProducerIds producerIds, TransactionCoordinator transactions) {
    this.producerIds = producerIds;
    this.transactions = transactions;
  }

  CompletionStage<InitProducerIdResponseData> init(
      InitProducerIdRequestData request, Caller caller) {
    if (request.transactionalId() != null) {
      return transactional(request, caller);
    }
    // A producer that had an id gets a new one too: it then numbers its batches from zero.
    return producerIds
        .next()
        .handle(
            (id, failure) ->
                failure == null
                    ? new InitProducerIdResponseData()
                        .setProducerId(id)
                        .setProducerEpoch(FIRST_EPOCH)
                    : new InitProducerIdResponseData().setErrorCode(ErrorCodes.of(failure).code()));
  }

  private CompletionStage<InitProducerIdResponseData> transactional(
      InitProducerIdRequestData request, Caller caller) {
    InitCommand command =
        new InitCommand(
            request.transactionalId(),
            request.transactionTimeoutMs(),
            request.producerId(),
            request.producerEpoch());
    return transactions
        .init(command)
        .handle(
            (producer, failure) -> {
              InitProducerIdResponseData answer = new InitProducerIdResponseData();
              if (failure == null) {
                return answer
                    .setProducerId(producer.producerId())
                    .setProducerEpoch(producer.epoch());
              }
              Errors error = ErrorCodes.of(failure);
              boolean fenced =
                  error == Errors.PRODUCER_FENCED && caller.version() < FIRST_WITH_FENCED;
              return answer.setErrorCode((fenced ? Errors.INVALID_PRODUCER_EPOCH : error).code());
            });
  }
}
