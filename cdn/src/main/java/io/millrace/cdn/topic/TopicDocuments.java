package io.millrace.cdn.topic;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import java.util.List;

/** What is told of topics themselves, in JSON. */
final class TopicDocuments {

  private TopicDocuments() {}

  static byte[] list(List<Topic> shown) {
    return Answer.bytes(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("topics");
          for (Topic topic : shown) {
            out.writeStartObject();
            out.writeStringField("name", topic.name());
            out.writeStringField("id", topic.id().toString());
            out.writeNumberField("partitions", topic.partitions().size());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  static byte[] one(Topic topic) {
    return Answer.bytes(
        out -> {
          out.writeStartObject();
          out.writeStringField("name", topic.name());
          out.writeStringField("id", topic.id().toString());
          out.writeArrayFieldStart("partitions");
          for (Partition partition : topic.partitions()) {
            out.writeStartObject();
            out.writeNumberField("partition", partition.id().partition());
            out.writeNumberField("startOffset", partition.startOffset());
            out.writeNumberField("endOffset", partition.highWatermark());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
