package io.millrace.kafka.control;

import io.millrace.broker.ProducerIds;
import io.millrace.kafka.wire.ErrorCodes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Answers InitProducerId for idempotent producers; transactions are not served. */
final class ProducerIdsHandler {

  private static final short FIRST_EPOCH = 0;

  private final ProducerIds producerIds;

  ProducerIdsHandler(ProducerIds producerIds) {
    this.producerIds = producerIds;
  }

  CompletionStage<InitProducerIdResponseData> init(
      InitProducerIdRequestData request, Caller caller) {
    if (request.transactionalId() != null) {
      return CompletableFuture.completedFuture(
          new InitProducerIdResponseData()
              .setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code()));
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
}
