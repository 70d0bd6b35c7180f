package io.millrace.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.record.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A record as one JSON object, the same for {@code consume} and {@code produce}. Bytes that are
 * UTF-8 stand as text in {@code key} and {@code value}, others in Base64 in {@code keyBase64} and
 * {@code valueBase64}; headers are a list, because a name may come twice.
 */
final class RecordJson {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private RecordJson() {}

  /**
   * A record.
   *
   * @param keys how keys are written; null for text or Base64, as it comes
   * @param values the same for values
   */
  static String write(
      ConsumerRecord<byte[], byte[]> record,
      @Nullable RecordCodec keys,
      @Nullable RecordCodec values) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("topic", record.topic());
    map.put("partition", record.partition());
    map.put("offset", record.offset());
    map.put("timestamp", record.timestamp());
    put(map, "key", record.key(), keys);
    put(map, "value", record.value(), values);
    List<Object> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("name", header.key());
      putBytes(entry, "value", header.value());
      headers.add(entry);
    }
    map.put("headers", headers);
    return JsonOutput.of(map);
  }

  private static void put(
      Map<String, @Nullable Object> map,
      String name,
      byte @Nullable [] bytes,
      @Nullable RecordCodec codec) {
    if (codec == null) {
      putBytes(map, name, bytes);
    } else if (bytes == null) {
      map.put(name, null);
    } else if (codec.isJson()) {
      map.put(name, json(codec.show(bytes)));
    } else {
      putBytes(map, name, codec.show(bytes));
    }
  }

  private static JsonNode json(byte[] shown) {
    try {
      return MAPPER.readTree(shown);
    } catch (IOException e) {
      throw CommandException.failed("it is not JSON: " + e.getMessage());
    }
  }

  private static void putBytes(
      Map<String, @Nullable Object> map, String name, byte @Nullable [] bytes) {
    String text = bytes == null ? null : utf8(bytes);
    if (bytes != null && text == null) {
      map.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
    } else {
      map.put(name, text);
    }
  }

  private static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * A record for the topic; {@code partition} and {@code timestamp} are taken when asked for, and
   * {@code offset} and {@code topic} never.
   *
   * @param keys how keys are written; null for text or Base64, as it comes
   * @param values the same for values
   * @param place such as {@code line 3}, to begin a message with
   */
  static ProducerRecord<byte[], byte[]> read(
      String line,
      String topic,
      boolean samePlaces,
      @Nullable RecordCodec keys,
      @Nullable RecordCodec values,
      String place) {
    JsonNode node;
    try {
      node = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw CommandException.failed(place + " is not JSON: " + e.getOriginalMessage());
    }
    if (node == null || !node.isObject()) {
      throw CommandException.failed(place + " is not a JSON object with a value");
    }
    List<Header> headers = new ArrayList<>();
    for (JsonNode header : node.path("headers")) {
      headers.add(new RecordHeader(header.path("name").asText(), bytes(header, "value", place)));
    }
    return new ProducerRecord<>(
        topic,
        samePlaces && node.has("partition") ? node.get("partition").asInt() : null,
        samePlaces && node.has("timestamp") ? node.get("timestamp").asLong() : null,
        written(node, "key", keys, place),
        written(node, "value", values, place),
        headers);
  }

  private static byte @Nullable [] written(
      JsonNode node, String name, @Nullable RecordCodec codec, String place) {
    JsonNode value = node.get(name);
    if (codec == null || (value == null && node.has(name + "Base64"))) {
      return bytes(node, name, place);
    }
    if (value == null || value.isNull()) {
      return null;
    }
    String text = value.isTextual() && !codec.isJson() ? value.asText() : value.toString();
    return codec.encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte @Nullable [] bytes(JsonNode node, String name, String place) {
    JsonNode base64 = node.get(name + "Base64");
    if (base64 != null) {
      try {
        return Base64.getDecoder().decode(base64.asText());
      } catch (IllegalArgumentException e) {
        throw CommandException.failed(place + ": " + name + "Base64 is not Base64");
      }
    }
    JsonNode value = node.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    // A value that is JSON itself is sent as it stands.
    String text = value.isTextual() ? value.asText() : value.toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
