package io.millrace.broker.metadata;

import io.millrace.broker.journal.RecordFields;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsGone;
import io.millrace.broker.metadata.MetadataRecord.ClientMetricsRecord;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaGone;
import io.millrace.broker.metadata.MetadataRecord.ClientQuotaRecord;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link MetadataRecordCodec} that is about what clients may use and are asked for.
 *
 * <pre>
 *   key    type u8 · 18 client quota: names u8 (1 user, 2 client id, 4 address), each name
 *                    19 client metrics subscription: name
 *   value  version u8 ·
 *          client quota: count u8 · each: name of the limit · f64
 *          client metrics subscription: count u8 · each: name of the setting · value
 *   text   length u16 · UTF-8
 * </pre>
 *
 * <p>A key without a value says that the quota or the subscription has gone.
 */
final class ClientRecordCodec {

  static final byte CLIENT_QUOTA = 18;
  static final byte CLIENT_METRICS = 19;
  private static final int USER = 1;
  private static final int CLIENT_ID = 2;
  private static final int IP = 4;
  private static final int MAX_BYTES = 0xffff;

  private ClientRecordCodec() {}

  /** Writes fields one after the other. */
  private static ByteBuffer write(RecordFields.Writing fields) {
    return ByteBuffer.wrap(RecordFields.write(fields));
  }

  static ByteBuffer key(ClientQuotaEntity entity) {
    return write(
        out -> {
          out.writeByte(CLIENT_QUOTA);
          out.writeByte(
              (entity.user() == null ? 0 : USER)
                  | (entity.clientId() == null ? 0 : CLIENT_ID)
                  | (entity.ip() == null ? 0 : IP));
          if (entity.user() != null) {
            text(out, entity.user());
          }
          if (entity.clientId() != null) {
            text(out, entity.clientId());
          }
          if (entity.ip() != null) {
            text(out, entity.ip());
          }
        });
  }

  static ByteBuffer clientMetricsKey(String name) {
    return write(
        out -> {
          out.writeByte(CLIENT_METRICS);
          text(out, name);
        });
  }

  static ByteBuffer value(ClientQuotaRecord quota, byte version) {
    return write(
        out -> {
          out.writeByte(version);
          out.writeByte(quota.limits().size());
          for (Map.Entry<QuotaKey, Double> limit : new TreeMap<>(quota.limits()).entrySet()) {
            text(out, limit.getKey().wireName());
            out.writeDouble(limit.getValue());
          }
        });
  }

  static ByteBuffer value(ClientMetricsRecord subscription, byte version) {
    return write(
        out -> {
          out.writeByte(version);
          out.writeByte(subscription.settings().size());
          for (Map.Entry<String, String> setting :
              new TreeMap<>(subscription.settings()).entrySet()) {
            text(out, setting.getKey());
            text(out, setting.getValue());
          }
        });
  }

  /** After the type; {@code value} after its version. */
  static MetadataRecord quota(ByteBuffer key, @Nullable ByteBuffer value) {
    int names = key.get();
    ClientQuotaEntity entity =
        new ClientQuotaEntity(
            (names & USER) == 0 ? null : text(key),
            (names & CLIENT_ID) == 0 ? null : text(key),
            (names & IP) == 0 ? null : text(key));
    if (value == null) {
      return new ClientQuotaGone(entity);
    }
    Map<QuotaKey, Double> limits = new EnumMap<>(QuotaKey.class);
    int count = Byte.toUnsignedInt(value.get());
    for (int i = 0; i < count; i++) {
      String name = text(value);
      QuotaKey limit = QuotaKey.of(name);
      if (limit == null) {
        throw new IllegalArgumentException("a client quota limits " + name + ", which is unknown");
      }
      limits.put(limit, value.getDouble());
    }
    return new ClientQuotaRecord(entity, Map.copyOf(limits));
  }

  /** After the type; {@code value} after its version. */
  static MetadataRecord clientMetrics(ByteBuffer key, @Nullable ByteBuffer value) {
    String name = text(key);
    if (value == null) {
      return new ClientMetricsGone(name);
    }
    Map<String, String> settings = new HashMap<>();
    int count = Byte.toUnsignedInt(value.get());
    for (int i = 0; i < count; i++) {
      settings.put(text(value), text(value));
    }
    return new ClientMetricsRecord(name, Map.copyOf(settings));
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes does not fit a metadata record");
    }
    out.writeShort(bytes.length);
    out.write(bytes);
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
