package io.millrace.broker.group;

import io.millrace.broker.group.consumer.TopicIdPartition;
import io.millrace.broker.topic.TopicsImage;
import io.millrace.broker.topic.TopicsImage.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What classic consumers and their leaders say to each other, as far as the coordinator has to do
 * with it. The one thing that it reads in a consumer's metadata are the topics (Kafka's
 * ConsumerProtocolSubscription: version i16, then a list of texts; what follows varies).
 */
final class ConsumerSubscription {

  /** The protocol type of ordinary consumers. */
  static final String PROTOCOL_TYPE = "consumer";

  private static final int NO_USER_DATA = -1;

  private ConsumerSubscription() {}

  /** A subscription in the clients' bytes (version 0). */
  static byte[] subscription(Set<String> topics) {
    return encode(
        out -> {
          out.writeInt(topics.size());
          for (String topic : new TreeSet<>(topics)) {
            text(out, topic);
          }
        });
  }

  /** An assignment in the clients' bytes (version 0), without topics that have gone. */
  static byte[] assignment(Set<TopicIdPartition> partitions, TopicsImage image) {
    SortedMap<String, SortedSet<Integer>> byName = new TreeMap<>();
    for (TopicIdPartition each : partitions) {
      Shape topic = image.shape(each.topicId());
      if (topic != null) {
        byName.computeIfAbsent(topic.name(), name -> new TreeSet<>()).add(each.partition());
      }
    }
    return encode(
        out -> {
          out.writeInt(byName.size());
          for (Map.Entry<String, SortedSet<Integer>> topic : byName.entrySet()) {
            text(out, topic.getKey());
            out.writeInt(topic.getValue().size());
            for (int partition : topic.getValue()) {
              out.writeInt(partition);
            }
          }
        });
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] encode(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeShort(0);
      body.write(out);
      out.writeInt(NO_USER_DATA);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(utf8.length);
    out.write(utf8);
  }

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
