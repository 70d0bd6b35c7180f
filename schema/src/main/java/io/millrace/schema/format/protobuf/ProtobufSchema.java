package io.millrace.schema.format.protobuf;

import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.internal.SchemaEncoder;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import io.millrace.schema.format.Incompatibility;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.ParsedSchema;
import java.util.List;
import java.util.TreeSet;

/** A {@code .proto} file, linked with all that it imports. */
public final class ProtobufSchema implements ParsedSchema {

  private final ProtoFileElement element;
  private final Schema schema;
  private final ProtoFile file;

  ProtobufSchema(ProtoFileElement element, Schema schema, ProtoFile file) {
    this.element = element;
    this.schema = schema;
    this.file = file;
  }

  @Override
  public String canonical() {
    return withoutHeading(element);
  }

  /** Imports and options in the order of their names; what else there is keeps its order. */
  @Override
  public String normalized() {
    return withoutHeading(
        new ProtoFileElement(
            element.getLocation(),
            element.getPackageName(),
            element.getSyntax(),
            List.copyOf(new TreeSet<>(element.getImports())),
            List.copyOf(new TreeSet<>(element.getPublicImports())),
            List.copyOf(new TreeSet<>(element.getWeakImports())),
            element.getTypes(),
            element.getServices(),
            element.getExtendDeclarations(),
            element.getOptions().stream()
                .sorted(java.util.Comparator.comparing(option -> option.getName()))
                .toList()));
  }

  /** Wire begins with two lines of its own, and ends them with an empty one. */
  private static String withoutHeading(ProtoFileElement element) {
    String text = element.toSchema();
    int end = text.indexOf("\n\n");
    return text.startsWith("// Proto schema formatted by Wire") && end > 0
        ? text.substring(end + 2)
        : text;
  }

  /** A {@code FileDescriptorProto} of the file. */
  public byte[] descriptor() {
    try {
      return new SchemaEncoder(schema).encode(file).toByteArray();
    } catch (RuntimeException e) {
      throw new InvalidSchemaException(
          "the Protobuf schema cannot be written as a descriptor: " + e.getMessage());
    }
  }

  @Override
  public List<Incompatibility> incompatibilitiesReading(ParsedSchema writer) {
    if (!(writer instanceof ProtobufSchema other)) {
      throw new IllegalArgumentException("schemas of two formats cannot be compared");
    }
    return new ProtobufComparison(schema, other.schema).compare(file, other.file);
  }
}
