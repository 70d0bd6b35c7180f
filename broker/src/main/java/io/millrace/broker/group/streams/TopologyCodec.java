package io.millrace.broker.group.streams;

import io.millrace.broker.group.member.CompactReader;
import io.millrace.broker.group.member.CompactWriter;
import io.millrace.broker.group.streams.StreamsTopology.Copartitioned;
import io.millrace.broker.group.streams.StreamsTopology.InternalTopic;
import io.millrace.broker.group.streams.StreamsTopology.Subtopology;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A topology in Kafka's own schema (StreamsGroupTopologyValue).
 *
 * <pre>
 *   topology         epoch i32 · subtopologies
 *   subtopology      id · source topics · source patterns · changelogs · repartition sinks ·
 *                    repartition sources · copartitioned
 *   internal topic   name · partitions i32 · replication factor i16 · settings
 *   copartitioned    indexes i16 of source topics, source patterns and repartition sources
 * </pre>
 */
final class TopologyCodec {

  private static final int LEAST_SUBTOPOLOGY_BYTES = 8;
  private static final int LEAST_TOPIC_BYTES = 9;
  private static final int LEAST_COPARTITIONED_BYTES = 4;

  private TopologyCodec() {}

  static void write(CompactWriter out, StreamsTopology topology) {
    out.i32(topology.epoch());
    list(out, topology.subtopologies(), TopologyCodec::write);
    out.count(0);
  }

  private static void write(CompactWriter out, Subtopology each) {
    out.text(each.id());
    list(out, each.sourceTopics(), CompactWriter::text);
    list(out, each.sourcePatterns(), CompactWriter::text);
    list(out, each.changelogs(), TopologyCodec::write);
    list(out, each.repartitionSinks(), CompactWriter::text);
    list(out, each.repartitionSources(), TopologyCodec::write);
    list(out, each.copartitioned(), TopologyCodec::write);
    out.count(0);
  }

  private static void write(CompactWriter out, InternalTopic topic) {
    out.text(topic.name()).i32(topic.partitions()).i16(topic.replicationFactor());
    StreamsGroupRecordCodec.pairs(out, topic.settings());
    out.count(0);
  }

  private static void write(CompactWriter out, Copartitioned group) {
    for (List<Short> indexes :
        List.of(group.sourceTopics(), group.sourcePatterns(), group.repartitionSources())) {
      list(out, indexes, (writer, index) -> writer.i16(index));
    }
    out.count(0);
  }

  private static <T> void list(CompactWriter out, List<T> list, BiConsumer<CompactWriter, T> one) {
    out.size(list.size());
    list.forEach(each -> one.accept(out, each));
  }

  static StreamsTopology read(CompactReader in) {
    return new StreamsTopology(
        in.i32(), list(in, LEAST_SUBTOPOLOGY_BYTES, TopologyCodec::subtopology));
  }

  private static Subtopology subtopology(CompactReader in) {
    Subtopology subtopology =
        new Subtopology(
            in.text(),
            list(in, 1, CompactReader::text),
            list(in, 1, CompactReader::text),
            list(in, LEAST_TOPIC_BYTES, TopologyCodec::topic),
            list(in, 1, CompactReader::text),
            list(in, LEAST_TOPIC_BYTES, TopologyCodec::topic),
            list(in, LEAST_COPARTITIONED_BYTES, TopologyCodec::copartitioned));
    in.fields();
    return subtopology;
  }

  private static InternalTopic topic(CompactReader in) {
    InternalTopic topic =
        new InternalTopic(in.text(), in.i32(), in.i16(), StreamsGroupRecordCodec.pairs(in));
    in.fields();
    return topic;
  }

  private static Copartitioned copartitioned(CompactReader in) {
    Copartitioned group =
        new Copartitioned(
            list(in, Short.BYTES, CompactReader::i16),
            list(in, Short.BYTES, CompactReader::i16),
            list(in, Short.BYTES, CompactReader::i16));
    in.fields();
    return group;
  }

  private static <T> List<T> list(
      CompactReader in, int leastBytes, Function<CompactReader, T> one) {
    int count = in.size(leastBytes);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(one.apply(in));
    }
    return list;
  }
}
