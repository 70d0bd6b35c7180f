package io.millrace.schema.format.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.millrace.schema.format.InvalidSchemaException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a {@code FileDescriptorProto} as the text of a {@code .proto} file with the same messages
 * in the same order. Options of one's own, whose definitions are not at hand, are left out.
 */
final class DescriptorText {

  private static final int MOST_DEPTH = 50;

  private final StringBuilder out = new StringBuilder();
  private final boolean proto3;
  private int depth;

  private DescriptorText(boolean proto3) {
    this.proto3 = proto3;
  }

  /** Whether a text is a descriptor in Base64 rather than a definition to read. */
  static boolean isDescriptor(String text) {
    String bare = text.strip();
    if (bare.isEmpty()) {
      return false;
    }
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      boolean base64 =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/'
              || c == '=';
      if (!base64) {
        return false;
      }
    }
    return true;
  }

  /**
   * The definition that a descriptor stands for.
   *
   * @throws InvalidSchemaException when it is none
   */
  static String of(String base64) {
    FileDescriptorProto file;
    try {
      file = FileDescriptorProto.parseFrom(Base64.getDecoder().decode(base64.strip()));
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      throw new InvalidSchemaException(
          "the Protobuf schema is neither a definition nor a descriptor in Base64");
    }
    DescriptorText text = new DescriptorText(file.getSyntax().equals("proto3"));
    text.file(file);
    return text.out.toString();
  }

  private void line(String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  private void open(String text) {
    line(text + " {");
    depth++;
    if (depth > MOST_DEPTH) {
      throw new InvalidSchemaException(
          "the Protobuf schema nests deeper than " + MOST_DEPTH + " levels");
    }
  }

  private void close() {
    depth--;
    line("}");
  }

  private void file(FileDescriptorProto file) {
    if (!file.getSyntax().isEmpty() && !file.getSyntax().equals("proto2") && !proto3) {
      throw new InvalidSchemaException(
          "the Protobuf schema is of syntax " + file.getSyntax() + "; allowed: proto2, proto3");
    }
    line("syntax = \"" + (proto3 ? "proto3" : "proto2") + "\";");
    if (!file.getPackage().isEmpty()) {
      line("package " + name(file.getPackage()) + ";");
    }
    for (int i = 0; i < file.getDependencyCount(); i++) {
      String kind = file.getPublicDependencyList().contains(i) ? "public " : "";
      line("import " + kind + quoted(file.getDependency(i)) + ";");
    }
    optionLines(file.getOptions());
    file.getEnumTypeList().forEach(this::enumeration);
    file.getMessageTypeList().forEach(this::message);
    extensions(file.getExtensionList());
    file.getServiceList().forEach(this::service);
  }

  private void message(DescriptorProto message) {
    open("message " + name(message.getName()));
    optionLines(message.getOptions());
    Map<String, DescriptorProto> maps = new HashMap<>();
    for (DescriptorProto nested : message.getNestedTypeList()) {
      if (nested.getOptions().getMapEntry()) {
        maps.put(nested.getName(), nested);
      }
    }
    List<FieldDescriptorProto> alone = new ArrayList<>();
    List<List<FieldDescriptorProto>> oneOfs = new ArrayList<>();
    message.getOneofDeclList().forEach(unused -> oneOfs.add(new ArrayList<>()));
    for (FieldDescriptorProto field : message.getFieldList()) {
      boolean inOneOf = field.hasOneofIndex() && !field.getProto3Optional();
      if (inOneOf && (field.getOneofIndex() < 0 || field.getOneofIndex() >= oneOfs.size())) {
        throw new InvalidSchemaException("the descriptor names a oneof that it does not have");
      }
      (inOneOf ? oneOfs.get(field.getOneofIndex()) : alone).add(field);
    }
    alone.forEach(field -> field(field, maps, false));
    for (int i = 0; i < oneOfs.size(); i++) {
      if (!oneOfs.get(i).isEmpty()) {
        open("oneof " + name(message.getOneofDecl(i).getName()));
        oneOfs.get(i).forEach(field -> field(field, maps, true));
        close();
      }
    }
    message
        .getReservedRangeList()
        .forEach(range -> line("reserved " + range(range.getStart(), range.getEnd() - 1) + ";"));
    message.getReservedNameList().forEach(reserved -> line("reserved " + quoted(reserved) + ";"));
    message
        .getExtensionRangeList()
        .forEach(range -> line("extensions " + range(range.getStart(), range.getEnd() - 1) + ";"));
    message.getEnumTypeList().forEach(this::enumeration);
    for (DescriptorProto nested : message.getNestedTypeList()) {
      if (!nested.getOptions().getMapEntry()) {
        message(nested);
      }
    }
    extensions(message.getExtensionList());
    close();
  }

  private void field(
      FieldDescriptorProto field, Map<String, DescriptorProto> maps, boolean inOneOf) {
    String typeName = field.getTypeName();
    DescriptorProto map = maps.get(typeName.substring(typeName.lastIndexOf('.') + 1));
    String type;
    if (map != null && map.getFieldCount() == 2 && field.getLabel() == Label.LABEL_REPEATED) {
      type = "map<" + type(map.getField(0)) + ", " + type(map.getField(1)) + ">";
    } else {
      type = label(field, inOneOf) + type(field);
    }
    line(type + " " + name(field.getName()) + " = " + field.getNumber() + options(field) + ";");
  }

  private String label(FieldDescriptorProto field, boolean inOneOf) {
    if (inOneOf) {
      return "";
    }
    return switch (field.getLabel()) {
      case LABEL_REPEATED -> "repeated ";
      case LABEL_REQUIRED -> "required ";
      case LABEL_OPTIONAL -> !proto3 || field.getProto3Optional() ? "optional " : "";
    };
  }

  private static String type(FieldDescriptorProto field) {
    return switch (field.getType()) {
      case TYPE_MESSAGE, TYPE_ENUM -> name(field.getTypeName());
      case TYPE_GROUP ->
          throw new InvalidSchemaException("groups in descriptors cannot be read; use messages");
      default -> field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
    };
  }

  private static String options(FieldDescriptorProto field) {
    List<String> options = new ArrayList<>();
    if (field.hasDefaultValue()) {
      boolean text =
          field.getType() == FieldDescriptorProto.Type.TYPE_STRING
              || field.getType() == FieldDescriptorProto.Type.TYPE_BYTES;
      options.add(
          "default = " + (text ? quoted(field.getDefaultValue()) : name(field.getDefaultValue())));
    }
    if (field.hasJsonName() && !field.getJsonName().equals(jsonName(field.getName()))) {
      options.add("json_name = " + quoted(field.getJsonName()));
    }
    options.addAll(optionTexts(field.getOptions()));
    return options.isEmpty() ? "" : " [" + String.join(", ", options) + "]";
  }

  /** What Protobuf's compiler makes of a field's name when nothing else is said. */
  private static String jsonName(String name) {
    StringBuilder json = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        json.append(upper && c >= 'a' && c <= 'z' ? (char) (c - 32) : c);
        upper = false;
      }
    }
    return json.toString();
  }

  private void enumeration(EnumDescriptorProto type) {
    open("enum " + name(type.getName()));
    optionLines(type.getOptions());
    for (EnumValueDescriptorProto value : type.getValueList()) {
      List<String> options = optionTexts(value.getOptions());
      line(
          name(value.getName())
              + " = "
              + value.getNumber()
              + (options.isEmpty() ? "" : " [" + String.join(", ", options) + "]")
              + ";");
    }
    type.getReservedRangeList()
        .forEach(range -> line("reserved " + range(range.getStart(), range.getEnd()) + ";"));
    type.getReservedNameList().forEach(reserved -> line("reserved " + quoted(reserved) + ";"));
    close();
  }

  private void extensions(List<FieldDescriptorProto> extensions) {
    for (FieldDescriptorProto extension : extensions) {
      open("extend " + name(extension.getExtendee()));
      field(extension, Map.of(), false);
      close();
    }
  }

  private void service(ServiceDescriptorProto service) {
    open("service " + name(service.getName()));
    optionLines(service.getOptions());
    for (MethodDescriptorProto method : service.getMethodList()) {
      line(
          "rpc "
              + name(method.getName())
              + " ("
              + (method.getClientStreaming() ? "stream " : "")
              + name(method.getInputType())
              + ") returns ("
              + (method.getServerStreaming() ? "stream " : "")
              + name(method.getOutputType())
              + ");");
    }
    close();
  }

  private void optionLines(Message options) {
    optionTexts(options).forEach(option -> line("option " + option + ";"));
  }

  /** Those that are set and have one plain value. */
  private static List<String> optionTexts(Message options) {
    List<String> texts = new ArrayList<>();
    options
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (!field.isRepeated()
                  && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                  && !field.getName().equals("map_entry")) {
                texts.add(field.getName() + " = " + optionValue(value));
              }
            });
    return texts;
  }

  private static String optionValue(Object value) {
    return switch (value) {
      case String text -> quoted(text);
      case ByteString bytes -> '"' + TextFormat.escapeBytes(bytes) + '"';
      case EnumValueDescriptor constant -> constant.getName();
      default -> value.toString();
    };
  }

  private static String range(int from, int to) {
    if (to >= 536_870_911) {
      return from + " to max";
    }
    return from == to ? Integer.toString(from) : from + " to " + to;
  }

  private static String quoted(String text) {
    return '"' + TextFormat.escapeBytes(ByteString.copyFromUtf8(text)) + '"';
  }

  /** A descriptor may hold any text for a name; what is written must be read as one. */
  private static String name(String name) {
    if (name.isEmpty()) {
      throw new InvalidSchemaException("the descriptor has an empty name");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean legal =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '.'
              || c == '-'
              || c == '+';
      if (!legal) {
        throw new InvalidSchemaException("the descriptor has a name with illegal characters");
      }
    }
    return name;
  }
}
