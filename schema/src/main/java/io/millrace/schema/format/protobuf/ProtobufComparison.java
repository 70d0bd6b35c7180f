package io.millrace.schema.format.protobuf;

import com.squareup.wire.schema.EnumType;
import com.squareup.wire.schema.Field;
import com.squareup.wire.schema.MessageType;
import com.squareup.wire.schema.OneOf;
import com.squareup.wire.schema.ProtoFile;
import com.squareup.wire.schema.ProtoType;
import com.squareup.wire.schema.Schema;
import com.squareup.wire.schema.Type;
import io.millrace.schema.format.Incompatibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Whether messages written by one definition can be read by another, by the rules of "Updating A
 * Message Type" in Protocol Buffers' language guide:
 *
 * <ul>
 *   <li>fields are known by their numbers; they may come, go and be renamed, unless required;
 *   <li>types may change within the groups that share an encoding: {@code int32, uint32, int64,
 *       uint64, bool} and enums; {@code sint32, sint64}; {@code string, bytes}; {@code fixed32,
 *       sfixed32}; {@code fixed64, sfixed64};
 *   <li>a single field may become repeated, or the reverse, only where its encoding stays the same:
 *       {@code string}, {@code bytes} and messages;
 *   <li>one single field may move into a new oneof, several may not, and none leaves one for good;
 *   <li>messages may not vanish, since records name them by their place in the file.
 * </ul>
 *
 * Confined to one thread, for one comparison.
 */
final class ProtobufComparison {

  private static final int MOST_REASONS = 100;

  private final Schema readerTypes;
  private final Schema writerTypes;
  private final List<Incompatibility> found = new ArrayList<>();
  private final Set<Pair> compared = new HashSet<>();

  /** Two message types that were or are being compared. */
  private record Pair(ProtoType reader, ProtoType writer) {}

  /** Types with one encoding. */
  private enum Encoding {
    VARINT,
    ZIGZAG,
    LENGTH,
    FIXED32,
    FIXED64,
    FLOAT,
    DOUBLE,
    MESSAGE,
    MAP
  }

  ProtobufComparison(Schema readerTypes, Schema writerTypes) {
    this.readerTypes = readerTypes;
    this.writerTypes = writerTypes;
  }

  List<Incompatibility> compare(ProtoFile reader, ProtoFile writer) {
    if (!Objects.equals(reader.getPackageName(), writer.getPackageName())) {
      add(
          "PACKAGE_CHANGED",
          "#/",
          "The package is " + reader.getPackageName() + " and was " + writer.getPackageName());
    }
    types("#/", reader.getTypes(), writer.getTypes());
    return List.copyOf(found);
  }

  private void add(String type, String path, String description) {
    if (found.size() < MOST_REASONS) {
      found.add(new Incompatibility(type, path, description));
    }
  }

  private void types(String path, List<Type> reader, List<Type> writer) {
    Map<String, Type> byName = new HashMap<>();
    reader.forEach(type -> byName.put(type.getType().getSimpleName(), type));
    for (Type old : writer) {
      String name = old.getType().getSimpleName();
      Type now = byName.get(name);
      if (old instanceof MessageType oldMessage) {
        if (now instanceof MessageType message) {
          messages(path + name, message, oldMessage);
        } else {
          add("MESSAGE_REMOVED", path + name, "The message " + name + " is missing");
        }
      } else if (old instanceof EnumType && now instanceof MessageType) {
        add("ENUM_REMOVED", path + name, "The enum " + name + " has become a message");
      }
    }
  }

  private void messages(String path, MessageType reader, MessageType writer) {
    if (!compared.add(new Pair(reader.getType(), writer.getType()))) {
      return;
    }
    types(path + "/", reader.getNestedTypes(), writer.getNestedTypes());
    Map<Integer, Field> now = byNumber(reader);
    Map<Integer, Field> old = byNumber(writer);
    Map<Integer, String> oneOfs = oneOfs(reader);
    Map<Integer, String> oldOneOfs = oneOfs(writer);
    old.forEach(
        (number, field) -> {
          Field next = now.get(number);
          String place = path + "/" + number;
          if (next != null) {
            fields(place, next, field);
            if (oldOneOfs.containsKey(number) && !oneOfs.containsKey(number)) {
              leavesOneOf(place, writer, oldOneOfs, number);
            }
          } else if (oldOneOfs.containsKey(number)) {
            add(
                "ONEOF_FIELD_REMOVED",
                place,
                "The field " + field.getName() + " of a oneof is missing");
          } else if (field.isRequired()) {
            add(
                "REQUIRED_FIELD_REMOVED",
                place,
                "The required field " + field.getName() + " is missing");
          }
        });
    now.forEach(
        (number, field) -> {
          if (field.isRequired() && !old.containsKey(number)) {
            add(
                "REQUIRED_FIELD_ADDED",
                path + "/" + number,
                "The required field " + field.getName() + " was not written before");
          }
        });
    intoOneOfs(path, reader, old, oldOneOfs);
  }

  /** A oneof of a single field means what the field alone does. */
  private void leavesOneOf(
      String place, MessageType writer, Map<Integer, String> oldOneOfs, int number) {
    OneOf oneOf = writer.oneOf(String.valueOf(oldOneOfs.get(number)));
    if (oneOf != null && oneOf.getFields().size() > 1) {
      add(
          "FIELD_MOVED_OUT_OF_ONEOF",
          place,
          "The field " + number + " has left the oneof " + oneOf.getName());
    }
  }

  private void intoOneOfs(
      String path, MessageType reader, Map<Integer, Field> old, Map<Integer, String> oldOneOfs) {
    for (OneOf oneOf : reader.getOneOfs()) {
      int moved = 0;
      boolean existed = false;
      for (Field field : oneOf.getFields()) {
        if (oldOneOfs.containsKey(field.getTag())) {
          existed = true;
        } else if (old.containsKey(field.getTag())) {
          moved++;
        }
      }
      if (moved > 1) {
        add(
            "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
            path + "/" + oneOf.getName(),
            moved + " fields that could all be set have become one of " + oneOf.getName());
      } else if (moved == 1 && existed) {
        add(
            "FIELD_MOVED_TO_EXISTING_ONEOF",
            path + "/" + oneOf.getName(),
            "A field has moved into the oneof " + oneOf.getName() + ", which was there before");
      }
    }
  }

  private void fields(String place, Field reader, Field writer) {
    ProtoType now = type(reader);
    ProtoType old = type(writer);
    Encoding encoding = encoding(readerTypes, now);
    Encoding before = encoding(writerTypes, old);
    if (encoding != before) {
      add(
          "FIELD_KIND_CHANGED",
          place,
          "The type of field " + reader.getName() + " is " + now + " and was " + old);
      return;
    }
    switch (encoding) {
      case MAP -> maps(place, reader, now, old);
      case MESSAGE -> {
        if (!now.toString().equals(old.toString())) {
          add(
              "FIELD_NAMED_TYPE_CHANGED",
              place,
              "The type of field " + reader.getName() + " is " + now + " and was " + old);
        } else {
          sameMessage(now, old);
        }
      }
      default -> {
        // One encoding: values go over.
      }
    }
    boolean lengths = encoding == Encoding.LENGTH || encoding == Encoding.MESSAGE;
    if (encoding != Encoding.MAP && reader.isRepeated() != writer.isRepeated() && !lengths) {
      add(
          "FIELD_NUMERIC_LABEL_CHANGED",
          place,
          "The field " + reader.getName() + (reader.isRepeated() ? " is" : " was") + " repeated");
    }
    if (reader.isRequired() && !writer.isRequired()) {
      add(
          "REQUIRED_FIELD_ADDED",
          place,
          "The field " + reader.getName() + " is required and was not always written");
    }
  }

  private void maps(String place, Field reader, ProtoType now, ProtoType old) {
    ProtoType value = Objects.requireNonNull(now.getValueType());
    ProtoType oldValue = Objects.requireNonNull(old.getValueType());
    boolean keys =
        encoding(readerTypes, Objects.requireNonNull(now.getKeyType()))
            == encoding(writerTypes, Objects.requireNonNull(old.getKeyType()));
    Encoding encoding = encoding(readerTypes, value);
    boolean message = encoding == Encoding.MESSAGE;
    if (!keys
        || encoding != encoding(writerTypes, oldValue)
        || (message && !value.toString().equals(oldValue.toString()))) {
      add(
          "FIELD_KIND_CHANGED",
          place,
          "The type of field " + reader.getName() + " is " + now + " and was " + old);
    } else if (message) {
      sameMessage(value, oldValue);
    }
  }

  /** Types of imported files are not reached by {@link #types}. */
  private void sameMessage(ProtoType now, ProtoType old) {
    if (readerTypes.getType(now) instanceof MessageType message
        && writerTypes.getType(old) instanceof MessageType before) {
      messages("#/" + now, message, before);
    }
  }

  private static ProtoType type(Field field) {
    return Objects.requireNonNull(field.getType(), "a linked field has a type");
  }

  private static Encoding encoding(Schema types, ProtoType type) {
    if (type.isMap()) {
      return Encoding.MAP;
    }
    return switch (type.toString()) {
      case "int32", "uint32", "int64", "uint64", "bool" -> Encoding.VARINT;
      case "sint32", "sint64" -> Encoding.ZIGZAG;
      case "string", "bytes" -> Encoding.LENGTH;
      case "fixed32", "sfixed32" -> Encoding.FIXED32;
      case "fixed64", "sfixed64" -> Encoding.FIXED64;
      case "float" -> Encoding.FLOAT;
      case "double" -> Encoding.DOUBLE;
      default -> types.getType(type) instanceof EnumType ? Encoding.VARINT : Encoding.MESSAGE;
    };
  }

  private static Map<Integer, Field> byNumber(MessageType message) {
    Map<Integer, Field> fields = new java.util.TreeMap<>();
    for (Field field : message.getFieldsAndOneOfFields()) {
      fields.put(field.getTag(), field);
    }
    return fields;
  }

  private static Map<Integer, String> oneOfs(MessageType message) {
    Map<Integer, String> names = new HashMap<>();
    for (OneOf oneOf : message.getOneOfs()) {
      oneOf.getFields().forEach(field -> names.put(field.getTag(), oneOf.getName()));
    }
    return names;
  }
}
