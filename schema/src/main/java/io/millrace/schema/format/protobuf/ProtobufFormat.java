package io.millrace.schema.format.protobuf;

import com.squareup.wire.schema.CoreLoader;
import com.squareup.wire.schema.ErrorCollector;
import com.squareup.wire.schema.Linker;
import com.squareup.wire.schema.Loader;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import io.millrace.schema.format.InvalidSchemaException;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.SchemaFormat;
import io.millrace.schema.format.SchemaType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Protocol Buffers' definitions: the text of a {@code .proto} file, or a {@code
 * FileDescriptorProto} in Base64, which some clients send instead. Read and linked by Wire; imports
 * are the schema's references, and Protobuf's own well-known files.
 */
public final class ProtobufFormat implements SchemaFormat {

  private static final String SELF = "schema.proto";
  private static final int MOST_BRACES = 100;

  @Override
  public SchemaType type() {
    return SchemaType.PROTOBUF;
  }

  @Override
  public ParsedSchema parse(String text, Map<String, String> references, Source source) {
    try {
      ProtoFileElement element = read(SELF, text);
      Map<String, ProtoFile> imports = new HashMap<>();
      references.forEach(
          (name, referenced) -> imports.put(name, ProtoFile.Companion.get(read(name, referenced))));
      Schema linked = link(ProtoFile.Companion.get(element), imports);
      ProtoFile file = linked.protoFile(SELF);
      if (file == null) {
        throw new InvalidSchemaException("the Protobuf schema is empty");
      }
      return new ProtobufSchema(element, linked, file);
    } catch (InvalidSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      // The parser says most of what it does not like by exceptions of Kotlin's library.
      throw new InvalidSchemaException("the Protobuf schema cannot be used: " + reason(e));
    }
  }

  private static ProtoFileElement read(String path, String text) {
    String proto = DescriptorText.isDescriptor(text) ? DescriptorText.of(text) : text;
    checkDepth(proto);
    return ProtoParser.Companion.parse(Location.Companion.get(path), proto);
  }

  /** The parser goes down by recursion. Counts brackets in comments and strings too. */
  private static void checkDepth(String proto) {
    int depth = 0;
    for (int i = 0; i < proto.length(); i++) {
      char c = proto.charAt(i);
      if (c == '{' || c == '[' || c == '(' || c == '<') {
        depth++;
        if (depth > MOST_BRACES) {
          throw new InvalidSchemaException(
              "the Protobuf schema nests deeper than " + MOST_BRACES + " levels");
        }
      } else if (c == '}' || c == ']' || c == ')' || c == '>') {
        depth = Math.max(0, depth - 1);
      }
    }
  }

  private static Schema link(ProtoFile file, Map<String, ProtoFile> imports) {
    ErrorCollector errors = new ErrorCollector();
    Schema schema =
        new Linker(new Imports(imports, errors), errors, true, true).link(List.of(file));
    errors.throwIfNonEmpty();
    return schema;
  }

  /** Finds imported files among the references and the well-known ones. */
  private record Imports(Map<String, ProtoFile> files, ErrorCollector errors) implements Loader {

    @Override
    public ProtoFile load(String path) {
      ProtoFile file = files.get(path);
      if (file != null) {
        return file;
      }
      ProtoFile own = CoreLoader.INSTANCE.load(path);
      if (own.getTypes().isEmpty() && own.getExtendList().isEmpty()) {
        errors.plusAssign(
            "it imports " + path + ", which is neither a well-known file nor a reference");
      }
      return own;
    }

    @Override
    public Loader withErrors(ErrorCollector collector) {
      return new Imports(files, collector);
    }
  }

  private static String reason(RuntimeException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
