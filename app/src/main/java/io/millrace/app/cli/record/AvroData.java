package io.millrace.app.cli.record;

import io.millrace.app.cli.CommandException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;

/** JSON and Avro's binary encoding; values of unions are named as Avro's JSON encoding does it. */
final class AvroData implements SchemaData {

  static {
    // Avro allocates by lengths that data claims, and asks for the bounds when it first does.
    bound("bytes", 64 << 20);
    bound("string", 64 << 20);
    bound("collectionItems", 10_000_000);
  }

  private final Schema schema;

  AvroData(String text, Map<String, String> references) {
    Schema.Parser parser = new Schema.Parser();
    references.values().forEach(parser::parse);
    schema = parser.parse(text);
  }

  private static void bound(String what, int most) {
    String property = "org.apache.avro.limits." + what + ".maxLength";
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(most));
    }
  }

  @Override
  public byte[] encode(byte[] json) {
    try {
      Object datum =
          new GenericDatumReader<Object>(schema)
              .read(null, DecoderFactory.get().jsonDecoder(schema, new ByteArrayInputStream(json)));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<Object>(schema).write(datum, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException | RuntimeException e) {
      throw CommandException.failed("it does not fit the Avro schema: " + e.getMessage());
    }
  }

  @Override
  public byte[] show(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    try {
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      Object datum = new GenericDatumReader<Object>(schema).read(null, decoder);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      JsonEncoder encoder = EncoderFactory.get().jsonEncoder(schema, out);
      new GenericDatumWriter<Object>(schema).write(datum, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException | RuntimeException e) {
      throw CommandException.failed("it is not of its Avro schema: " + e.getMessage());
    }
  }
}
