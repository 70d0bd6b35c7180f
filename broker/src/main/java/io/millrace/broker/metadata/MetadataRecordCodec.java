package io.millrace.broker.metadata;

import io.millrace.broker.BrokerException;
import io.millrace.broker.access.AccessCodec;
import io.millrace.broker.access.AccessEntry;
import io.millrace.broker.exchange.TopologyCodec;
import io.millrace.broker.exchange.TopologyEntry;
import io.millrace.broker.metadata.MetadataRecord.AccessGone;
import io.millrace.broker.metadata.MetadataRecord.AccessRecord;
import io.millrace.broker.metadata.MetadataRecord.AclGone;
import io.millrace.broker.metadata.MetadataRecord.AclRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaGone;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaRecord;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigGone;
import io.millrace.broker.metadata.MetadataRecord.GroupConfigRecord;
import io.millrace.broker.metadata.MetadataRecord.Leadership;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigGone;
import io.millrace.broker.metadata.MetadataRecord.NodeConfigRecord;
import io.millrace.broker.metadata.MetadataRecord.ProducerIdsReserved;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialGone;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialRecord;
import io.millrace.broker.metadata.MetadataRecord.TopicGone;
import io.millrace.broker.metadata.MetadataRecord.TopicRecord;
import io.millrace.broker.metadata.MetadataRecord.TopologyGone;
import io.millrace.broker.metadata.MetadataRecord.TopologyRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Metadata records as the keys and values of a compacted log.
 *
 * <pre>
 *   key    type u8: 1 topic, 2 producer ids, 3 leadership, 4 group's settings, 5 node's settings ·
 *          topic: id 16 bytes · group's or node's settings: name
 *   value  version u8 ·
 *          topic: name · partitions i32 · flags u8 (1 internal, 2 deleting) · settings u16: name, value
 *          producer ids: next i64
 *          leadership: epoch i32 · ended cleanly u8
 *          group's or node's settings: settings u16: name, value
 *   text   length u16 · UTF-8
 *   32: see TopologyCodec; 48: see AccessCodec
 *   16 and 17: see SecurityRecordCodec; 18 and 19: see ClientRecordCodec
 * </pre>
 *
 * <p>A topic's, group's or node's key without a value says that it has gone.
 */
public final class MetadataRecordCodec {

  private static final byte VERSION = 1;
  private static final byte TOPIC = 1;
  private static final byte PRODUCER_IDS = 2;
  private static final byte LEADERSHIP = 3;
  private static final byte TOPOLOGY = 32;
  private static final byte ACCESS = 48;
  private static final byte GROUP_CONFIG = 4;
  private static final byte NODE_CONFIG = 5;
  private static final int INTERNAL = 1;
  private static final int DELETING = 2;
  private static final int MAX_TEXT_BYTES = 0xffff;

  private MetadataRecordCodec() {}

  /** The record's key. */
  public static ByteBuffer key(MetadataRecord record) {
    return switch (record) {
      case TopicRecord topic -> topicKey(topic.id());
      case TopicGone gone -> topicKey(gone.id());
      case ProducerIdsReserved unused -> ByteBuffer.wrap(new byte[] {PRODUCER_IDS});
      case Leadership unused -> ByteBuffer.wrap(new byte[] {LEADERSHIP});
      case GroupConfigRecord put -> named(GROUP_CONFIG, put.group());
      case GroupConfigGone gone -> named(GROUP_CONFIG, gone.group());
      case NodeConfigRecord put -> named(NODE_CONFIG, put.node());
      case NodeConfigGone gone -> named(NODE_CONFIG, gone.node());
      case ScramCredentialRecord put -> SecurityRecordCodec.key(put.user());
      case ScramCredentialGone gone -> SecurityRecordCodec.key(gone.user());
      case AclRecord put -> SecurityRecordCodec.key(put.binding());
      case AclGone gone -> SecurityRecordCodec.key(gone.binding());
      case TopologyRecord put -> after(TOPOLOGY, TopologyCodec.key(put.entry()));
      case TopologyGone gone -> after(TOPOLOGY, TopologyCodec.key(gone.entry()));
      case AccessRecord put -> after(ACCESS, AccessCodec.key(put.entry()));
      case AccessGone gone -> after(ACCESS, AccessCodec.key(gone.entry()));
      case ClientQuotaRecord put -> ClientRecordCodec.key(put.entity());
      case ClientQuotaGone gone -> ClientRecordCodec.key(gone.entity());
      case ClientMetricsRecord put -> ClientRecordCodec.clientMetricsKey(put.name());
      case ClientMetricsGone gone -> ClientRecordCodec.clientMetricsKey(gone.name());
    };
  }

  private static ByteBuffer after(byte first, byte[] rest) {
    return ByteBuffer.allocate(1 + rest.length).put(first).put(rest).flip();
  }

  private static ByteBuffer topicKey(UUID id) {
    return ByteBuffer.allocate(17)
        .put(TOPIC)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .flip();
  }

  private static ByteBuffer named(byte type, String name) {
    byte[] text = text(name);
    ByteBuffer out = ByteBuffer.allocate(3 + text.length).put(type);
    put(out, text);
    return out.flip();
  }

  /** The record's value, or null for a tombstone. */
  public static @Nullable ByteBuffer value(MetadataRecord record) {
    return switch (record) {
      case TopicRecord topic -> topicValue(topic);
      case TopicGone unused -> null;
      case GroupConfigRecord put -> settingsValue(put.settings());
      case GroupConfigGone unused -> null;
      case NodeConfigRecord put -> settingsValue(put.settings());
      case NodeConfigGone unused -> null;
      case ScramCredentialGone unused -> null;
      case AclGone unused -> null;
      case TopologyGone unused -> null;
      case TopologyRecord put -> after(VERSION, TopologyCodec.value(put.entry()));
      case AccessGone unused -> null;
      case AccessRecord put -> after(VERSION, AccessCodec.value(put.entry()));
      case ClientQuotaGone unused -> null;
      case ClientMetricsGone unused -> null;
      case ClientQuotaRecord put -> ClientRecordCodec.value(put, VERSION);
      case ClientMetricsRecord put -> ClientRecordCodec.value(put, VERSION);
      case ScramCredentialRecord put -> SecurityRecordCodec.value(put.credential(), VERSION);
      case AclRecord unused -> ByteBuffer.wrap(new byte[] {VERSION});
      case ProducerIdsReserved ids ->
          ByteBuffer.allocate(9).put(VERSION).putLong(ids.next()).flip();
      case Leadership leadership ->
          ByteBuffer.allocate(6)
              .put(VERSION)
              .putInt(leadership.epoch())
              .put((byte) (leadership.endedCleanly() ? 1 : 0))
              .flip();
    };
  }

  private static ByteBuffer topicValue(TopicRecord topic) {
    byte[] name = text(topic.name());
    int size = 1 + 2 + name.length + 4 + 1 + settingsBytes(topic.settings());
    ByteBuffer out = ByteBuffer.allocate(size).put(VERSION);
    put(out, name);
    out.putInt(topic.partitions());
    out.put((byte) ((topic.internal() ? INTERNAL : 0) | (topic.deleting() ? DELETING : 0)));
    put(out, topic.settings());
    return out.flip();
  }

  private static ByteBuffer settingsValue(Map<String, String> settings) {
    ByteBuffer out = ByteBuffer.allocate(1 + settingsBytes(settings)).put(VERSION);
    put(out, settings);
    return out.flip();
  }

  private static int settingsBytes(Map<String, String> settings) {
    int size = 2;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      size += 4 + text(setting.getKey()).length + text(setting.getValue()).length;
    }
    return size;
  }

  private static void put(ByteBuffer out, Map<String, String> settings) {
    out.putShort((short) settings.size());
    settings.forEach(
        (key, value) -> {
          put(out, text(key));
          put(out, text(value));
        });
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes does not fit a metadata record");
    }
    return bytes;
  }

  private static void put(ByteBuffer out, byte[] text) {
    out.putShort((short) text.length).put(text);
  }

  /**
   * The record with the given key and value.
   *
   * @throws IllegalArgumentException when the bytes are no record of a version known here
   */
  public static MetadataRecord decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      byte type = key.get();
      return switch (type) {
        case TOPIC -> {
          UUID id = new UUID(key.getLong(), key.getLong());
          yield value == null ? new TopicGone(id) : topic(id, versioned(value));
        }
        case PRODUCER_IDS -> new ProducerIdsReserved(versioned(value).getLong());
        case GROUP_CONFIG -> {
          String group = text(key);
          yield value == null
              ? new GroupConfigGone(group)
              : new GroupConfigRecord(group, settings(versioned(value)));
        }
        case NODE_CONFIG -> {
          String node = text(key);
          yield value == null
              ? new NodeConfigGone(node)
              : new NodeConfigRecord(node, settings(versioned(value)));
        }
        case LEADERSHIP -> {
          ByteBuffer in = versioned(value);
          yield new Leadership(in.getInt(), in.get() != 0);
        }
        case SecurityRecordCodec.SCRAM_CREDENTIAL ->
            SecurityRecordCodec.scram(key, value == null ? null : versioned(value));
        case SecurityRecordCodec.ACL ->
            SecurityRecordCodec.acl(key, value == null ? null : versioned(value));
        case TOPOLOGY -> {
          TopologyEntry entry = TopologyCodec.decode(key, value == null ? null : versioned(value));
          yield value == null ? new TopologyGone(entry) : new TopologyRecord(entry);
        }
        case ACCESS -> {
          AccessEntry entry = AccessCodec.decode(key, value == null ? null : versioned(value));
          yield value == null ? new AccessGone(entry) : new AccessRecord(entry);
        }
        case ClientRecordCodec.CLIENT_QUOTA ->
            ClientRecordCodec.quota(key, value == null ? null : versioned(value));
        case ClientRecordCodec.CLIENT_METRICS ->
            ClientRecordCodec.clientMetrics(key, value == null ? null : versioned(value));
        default ->
            throw new IllegalArgumentException("a metadata record has the unknown type " + type);
      };
    } catch (BrokerException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a metadata record is cut short", e);
    }
  }

  private static ByteBuffer versioned(@Nullable ByteBuffer value) {
    if (value == null) {
      throw new IllegalArgumentException("a metadata record has no value");
    }
    byte version = value.get();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a metadata record has version " + version + "; allowed: " + VERSION);
    }
    return value;
  }

  private static TopicRecord topic(UUID id, ByteBuffer in) {
    String name = text(in);
    int partitions = in.getInt();
    if (partitions < 1) {
      throw new IllegalArgumentException("topic " + name + " has " + partitions + " partitions");
    }
    int flags = in.get();
    return new TopicRecord(
        id, name, partitions, (flags & INTERNAL) != 0, (flags & DELETING) != 0, settings(in));
  }

  private static Map<String, String> settings(ByteBuffer in) {
    int count = Short.toUnsignedInt(in.getShort());
    Map<String, String> settings = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      settings.put(text(in), text(in));
    }
    return Map.copyOf(settings);
  }

  private static String text(ByteBuffer in) {
    int length = Short.toUnsignedInt(in.getShort());
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
