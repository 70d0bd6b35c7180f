package io.millrace.app.cli.record;

import io.millrace.app.cli.CommandException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that begin as registry clients write them: a zero byte and the id of their schema in four.
 * What is shown is read by the schema that the bytes name, whatever its type.
 */
final class SchemaCodec implements RecordCodec {

  private static final byte MAGIC = 0;
  private static final int HEADING_BYTES = 5;

  private final RegistryClient registry;
  private final @Nullable RegistrySchema writer;
  private final Map<Integer, SchemaData> known = new HashMap<>();

  /**
   * @param registry stays the caller's
   * @param writer the schema to store by; null where nothing is to be stored
   * @param message the Protobuf message to store; null for the schema's first one
   */
  SchemaCodec(RegistryClient registry, @Nullable RegistrySchema writer, @Nullable String message) {
    this.registry = registry;
    this.writer = writer;
    if (writer != null) {
      known.put(writer.id(), data(writer, message));
    }
  }

  private SchemaData data(RegistrySchema schema, @Nullable String message) {
    Map<String, String> references = registry.referenced(schema);
    try {
      return switch (schema.type()) {
        case AVRO -> new AvroData(schema.text(), references);
        case PROTOBUF -> new ProtobufData(schema.text(), references, message);
        case JSON -> new JsonSchemaData(schema.text(), references);
      };
    } catch (CommandException e) {
      throw e;
    } catch (RuntimeException e) {
      throw CommandException.failed(
          "the schema with the id " + schema.id() + " cannot be used: " + e.getMessage());
    }
  }

  @Override
  public byte[] encode(byte[] written) {
    RegistrySchema schema = writer;
    if (schema == null) {
      throw new IllegalStateException("there is no schema to write by");
    }
    byte[] data = known(schema.id()).encode(written);
    return ByteBuffer.allocate(HEADING_BYTES + data.length)
        .put(MAGIC)
        .putInt(schema.id())
        .put(data)
        .array();
  }

  @Override
  public byte[] show(byte[] stored) {
    if (stored.length < HEADING_BYTES || stored[0] != MAGIC) {
      throw CommandException.failed(
          "it does not begin with a zero byte and the id of a schema in four bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(stored);
    in.get();
    int id = in.getInt();
    return known(id).show(in.slice());
  }

  private SchemaData known(int id) {
    SchemaData data = known.get(id);
    if (data == null) {
      data = data(registry.byId(id), null);
      known.put(id, data);
    }
    return data;
  }

  @Override
  public boolean isJson() {
    return true;
  }
}
