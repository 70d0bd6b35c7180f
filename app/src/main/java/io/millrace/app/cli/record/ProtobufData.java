package io.millrace.app.cli.record;

import com.google.protobuf.AnyProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import com.google.protobuf.util.JsonFormat;
import io.millrace.app.cli.CommandException;
import io.millrace.schema.format.ParsedSchema;
import io.millrace.schema.format.SchemaFormat.Source;
import io.millrace.schema.format.protobuf.ProtobufFormat;
import io.millrace.schema.format.protobuf.ProtobufSchema;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JSON and Protobuf's encoding. Before a message stands which one of the schema it is, as registry
 * clients write it: the indexes of the message and those around it, from the outermost one on, with
 * their count before them, all zigzag-encoded; one zero byte alone stands for the first message.
 */
final class ProtobufData implements SchemaData {

  private static final int MOST_INDEXES = 100;

  private static final Map<String, FileDescriptor> WELL_KNOWN =
      Stream.of(
              AnyProto.getDescriptor(),
              DurationProto.getDescriptor(),
              EmptyProto.getDescriptor(),
              FieldMaskProto.getDescriptor(),
              StructProto.getDescriptor(),
              TimestampProto.getDescriptor(),
              WrappersProto.getDescriptor(),
              DescriptorProtos.getDescriptor())
          .collect(Collectors.toMap(FileDescriptor::getName, file -> file));

  private final FileDescriptor file;
  private final List<Integer> written;

  /**
   * @param message the name of the message that is stored; null for the first one
   */
  ProtobufData(String text, Map<String, String> references, @Nullable String message) {
    Map<String, FileDescriptor> files = new HashMap<>(WELL_KNOWN);
    // Each comes after those that it imports itself.
    references.forEach((name, used) -> files.put(name, file(used, references, files)));
    file = file(text, references, files);
    written = message == null ? List.of(0) : path(message);
  }

  private static FileDescriptor file(
      String text, Map<String, String> references, Map<String, FileDescriptor> files) {
    ParsedSchema parsed = new ProtobufFormat().parse(text, references, Source.TOPIC);
    try {
      FileDescriptorProto proto =
          FileDescriptorProto.parseFrom(((ProtobufSchema) parsed).descriptor());
      List<FileDescriptor> imports = new ArrayList<>();
      for (String name : proto.getDependencyList()) {
        FileDescriptor imported = files.get(name);
        if (imported == null) {
          throw CommandException.failed("the Protobuf schema imports " + name + ", unknown here");
        }
        imports.add(imported);
      }
      return FileDescriptor.buildFrom(proto, imports.toArray(FileDescriptor[]::new));
    } catch (InvalidProtocolBufferException | DescriptorValidationException e) {
      throw CommandException.failed("the Protobuf schema cannot be used: " + e.getMessage());
    }
  }

  /** Where a message stands: its full name, or its name within the package. */
  private List<Integer> path(String name) {
    String prefix = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
    String within = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    List<Integer> path = new ArrayList<>();
    List<Descriptor> level = file.getMessageTypes();
    for (String part : within.split("\\.", -1)) {
      int at = -1;
      for (int i = 0; i < level.size(); i++) {
        if (level.get(i).getName().equals(part)) {
          at = i;
        }
      }
      if (at < 0) {
        throw CommandException.usage(
            "the schema has no message "
                + name
                + "; allowed: "
                + file.getMessageTypes().stream()
                    .map(Descriptor::getName)
                    .collect(Collectors.joining(", ")));
      }
      path.add(at);
      level = level.get(at).getNestedTypes();
    }
    return path;
  }

  private Descriptor message(List<Integer> path) {
    List<Descriptor> level = file.getMessageTypes();
    Descriptor found = null;
    for (int index : path) {
      if (index < 0 || index >= level.size()) {
        throw CommandException.failed("it is of message " + path + ", which its schema lacks");
      }
      found = level.get(index);
      level = found.getNestedTypes();
    }
    if (found == null) {
      throw CommandException.failed("it does not say which message it is");
    }
    return found;
  }

  @Override
  public byte[] encode(byte[] json) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(message(written));
    try {
      JsonFormat.parser().merge(new String(json, StandardCharsets.UTF_8), message);
    } catch (InvalidProtocolBufferException e) {
      throw CommandException.failed("it does not fit the Protobuf schema: " + e.getMessage());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (written.equals(List.of(0))) {
      out.write(0);
    } else {
      writeVarint(written.size(), out);
      written.forEach(index -> writeVarint(index, out));
    }
    out.writeBytes(message.build().toByteArray());
    return out.toByteArray();
  }

  @Override
  public byte[] show(ByteBuffer data) {
    try {
      DynamicMessage message = DynamicMessage.parseFrom(message(readPath(data)), bytes(data));
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .preservingProtoFieldNames()
          .print(message)
          .getBytes(StandardCharsets.UTF_8);
    } catch (InvalidProtocolBufferException | BufferUnderflowException e) {
      throw CommandException.failed("it is not of its Protobuf schema: " + e.getMessage());
    }
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  private static List<Integer> readPath(ByteBuffer data) {
    int count = readVarint(data);
    if (count == 0) {
      return List.of(0);
    }
    if (count < 0 || count > MOST_INDEXES) {
      throw CommandException.failed("it is in " + count + " messages; allowed: " + MOST_INDEXES);
    }
    List<Integer> path = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      path.add(readVarint(data));
    }
    return path;
  }

  private static void writeVarint(int value, ByteArrayOutputStream out) {
    int zigzag = (value << 1) ^ (value >> 31);
    while ((zigzag & ~0x7f) != 0) {
      out.write((zigzag & 0x7f) | 0x80);
      zigzag >>>= 7;
    }
    out.write(zigzag);
  }

  private static int readVarint(ByteBuffer in) {
    int zigzag = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      byte next = in.get();
      zigzag |= (next & 0x7f) << shift;
      if (next >= 0) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
    }
    throw CommandException.failed("a number before its message is too long");
  }
}
