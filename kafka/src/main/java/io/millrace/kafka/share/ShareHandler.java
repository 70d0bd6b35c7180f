package io.millrace.kafka.share;

import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.security.Access;
import io.millrace.broker.security.Operation;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.wire.MalformedRequestException;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Readable;
import org.jspecify.annotations.Nullable;

/** What both requests have in common: their form, and who may send them. */
final class ShareHandler {

  private ShareHandler() {}

  /** Reads a request of a version. */
  @FunctionalInterface
  interface Decoder<Q> {
    Q decode(Readable in, short version);
  }

  static <Q> Q decode(Exchange exchange, Decoder<Q> decoder) {
    try {
      return decoder.decode(
          new ByteBufferAccessor(exchange.body().nioBuffer()), exchange.version());
    } catch (RuntimeException e) {
      // The generated readers throw whatever comes first: underflow, bad lengths, bad counts.
      throw new MalformedRequestException(String.valueOf(e.getMessage()));
    }
  }

  /** What is wrong with who asks. */
  static Errors check(Exchange exchange, @Nullable String group, @Nullable String memberId) {
    if (group == null || group.isEmpty() || memberId == null || memberId.isEmpty()) {
      return Errors.INVALID_REQUEST;
    }
    Access access = exchange.connection().access();
    return access.isUnlimited() || access.mayGroup(Operation.READ, group)
        ? Errors.NONE
        : Errors.GROUP_AUTHORIZATION_FAILED;
  }

  static TopicIdPartition partition(Uuid topicId, int partition) {
    return new TopicIdPartition(
        new UUID(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits()), partition);
  }
}
