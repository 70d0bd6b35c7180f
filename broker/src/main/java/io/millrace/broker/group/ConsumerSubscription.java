package io.millrace.broker.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The one thing that the coordinator reads in a consumer's metadata: the topics (Kafka's
 * ConsumerProtocolSubscription: version i16, then a list of texts; what follows varies).
 */
final class ConsumerSubscription {

  /** The protocol type of ordinary consumers. */
  static final String PROTOCOL_TYPE = "consumer";

  private ConsumerSubscription() {}

  /** The topics; empty when the bytes are something else. */
  static Set<String> topics(byte[] metadata) {
    ByteBuffer in = ByteBuffer.wrap(metadata);
    Set<String> topics = new HashSet<>();
    try {
      in.getShort();
      int count = in.getInt();
      for (int i = 0; i < count; i++) {
        int length = in.getShort();
        if (length < 0 || length > in.remaining()) {
          return Set.of();
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        topics.add(new String(utf8, StandardCharsets.UTF_8));
      }
      return topics;
    } catch (BufferUnderflowException e) {
      return Set.of();
    }
  }
}
