package io.millrace.broker.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.log.batch.RecordBatchBuilder;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import io.millrace.log.batch.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as records that any Kafka client can read: the routing key is the key, the body the
 * value, each header that is a text or a number a header. Two more headers keep what else there is:
 * {@code amqp.exchange}, and {@code amqp.properties} as the protocol wrote them. A record without
 * them was written by another protocol, and its headers are the message's. Where several queues
 * share a body, the value is null and a third header, {@code amqp.body}, says where it lies.
 */
final class MessageRecordCodec {

  private static final String EXCHANGE = "amqp.exchange";
  private static final String PROPERTIES = "amqp.properties";

  private static final String BODY = "amqp.body";

  private final MessageProperties.Format format;
  private final SharedBodies bodies;

  MessageRecordCodec(MessageProperties.Format format, SharedBodies bodies) {
    this.format = format;
    this.bodies = bodies;
  }

  /** Where bodies lie that several queues share. */
  SharedBodies bodies() {
    return bodies;
  }

  /** Whose log holds the bodies. */
  enum Bodies {
    /** A shared one, where a message says that its body lies there. */
    SHARED,
    /** The log that is written to. */
    OWN
  }

  void add(RecordBatchBuilder batch, long nowMillis, Message message, Bodies where) {
    Map<String, Object> headers = message.headers();
    List<RecordHeader> written = new ArrayList<>(2 + headers.size());
    written.add(new RecordHeader(EXCHANGE, ByteBuffer.wrap(message.exchange().getBytes(UTF_8))));
    written.add(new RecordHeader(PROPERTIES, ByteBuffer.wrap(message.properties().encoded())));
    SharedBody shared = where == Bodies.SHARED ? message.shared() : null;
    if (shared != null) {
      written.add(new RecordHeader(BODY, ByteBuffer.wrap(shared.asText().getBytes(UTF_8))));
    }
    for (Map.Entry<String, Object> each : headers.entrySet()) {
      Object value = each.getValue();
      if (value instanceof String || value instanceof Number || value instanceof Boolean) {
        written.add(
            new RecordHeader(
                each.getKey(), ByteBuffer.wrap(String.valueOf(value).getBytes(UTF_8))));
      } else if (value instanceof byte[] bytes) {
        written.add(new RecordHeader(each.getKey(), ByteBuffer.wrap(bytes)));
      }
    }
    batch.add(
        nowMillis,
        ByteBuffer.wrap(message.routingKey().getBytes(UTF_8)),
        shared == null ? ByteBuffer.wrap(message.body()) : null,
        written);
  }

  /** The message of a record; null when its body is lost, which was then never confirmed. */
  @Nullable Message decode(RecordCursor record) {
    byte[] key = new byte[Math.max(0, record.keyLength())];
    if (key.length > 0) {
      record.copyKey(key, 0);
    }
    String exchange = "";
    MessageProperties properties = null;
    SharedBody shared = null;
    try {
      for (int i = 0; i < record.headerCount() && i < 3; i++) {
        String name = record.headerName(i);
        byte[] value = bytes(record.headerValue(i));
        if (name.equals(EXCHANGE)) {
          exchange = new String(value, UTF_8);
        } else if (name.equals(PROPERTIES)) {
          properties = format.decode(value);
        } else if (name.equals(BODY) && properties != null && record.valueLength() < 0) {
          shared = SharedBody.parse(new String(value, UTF_8));
        }
      }
    } catch (IllegalArgumentException e) {
      // Another producer has made them up.
      properties = null;
      shared = null;
    }
    if (properties == null) {
      properties = format.of(headers(record));
    }
    byte[] body = shared == null ? value(record) : bodies.read(shared);
    return body == null
        ? null
        : new Message(exchange, new String(key, UTF_8), properties, body, shared);
  }

  /** Where the body of a record lies, when it is not in the record; else null. */
  @Nullable SharedBody sharedBody(RecordCursor record) {
    if (record.valueLength() >= 0) {
      return null;
    }
    String place = header(record, BODY);
    try {
      return place == null ? null : SharedBody.parse(place);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The value of a header, or null when the record has none of that name. */
  static @Nullable String header(RecordCursor record, String name) {
    for (int i = 0; i < record.headerCount(); i++) {
      if (record.headerName(i).equals(name)) {
        return new String(bytes(record.headerValue(i)), UTF_8);
      }
    }
    return null;
  }

  private static byte[] value(RecordCursor record) {
    byte[] body = new byte[Math.max(0, record.valueLength())];
    if (body.length > 0) {
      record.copyValue(body, 0);
    }
    return body;
  }

  private static Map<String, Object> headers(RecordCursor record) {
    Map<String, Object> headers = new LinkedHashMap<>();
    for (int i = 0; i < record.headerCount(); i++) {
      headers.put(record.headerName(i), new String(bytes(record.headerValue(i)), UTF_8));
    }
    return headers;
  }

  private static byte[] bytes(@Nullable ByteBuffer value) {
    if (value == null) {
      return new byte[0];
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return bytes;
  }
}
