package io.millrace.cdn.topic;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The records of a POST. An array in JSON or lines of NDJSON are many; any other body is the value
 * of one, whose key, headers, partition and timestamp stand in the query and in fields.
 */
final class Posted {

  private static final String KEY = "millrace-key";
  private static final String HEADER = "millrace-header-";

  private Posted() {}

  static List<NewRecord> records(
      OriginRequest request, String mediaType, byte[] body, int maxRecords) {
    Query query = Query.of(request.target().query());
    int partition = (int) query.number("partition", -1, 0, Integer.MAX_VALUE);
    boolean lines = mediaType.equals(Answer.NDJSON);
    boolean json = mediaType.equals(Answer.JSON);
    if (lines || (json && RecordReader.isArray(body))) {
      List<NewRecord> records = RecordReader.records(body, !lines, maxRecords);
      return partition < 0 ? records : to(partition, records);
    }
    if (json) {
      RecordReader.check(body);
    }
    long timestamp = query.number("timestamp", -1, 0, Long.MAX_VALUE);
    byte[] value = query.text("tombstone") != null && body.length == 0 ? null : body;
    return List.of(
        new NewRecord(
            key(query, request.fields()), value, headers(request.fields()), partition, timestamp));
  }

  /** Those that name no partition of their own go to the one of the query. */
  private static List<NewRecord> to(int partition, List<NewRecord> records) {
    List<NewRecord> placed = new ArrayList<>(records.size());
    for (NewRecord each : records) {
      placed.add(
          each.partition() >= 0
              ? each
              : new NewRecord(
                  each.key(), each.value(), each.headers(), partition, each.timestampMillis()));
    }
    return placed;
  }

  private static byte @Nullable [] key(Query query, Fields fields) {
    String named = query.text("key");
    if (named != null) {
      return named.getBytes(StandardCharsets.UTF_8);
    }
    String field = fields.first(KEY);
    return field == null ? null : bytes(field);
  }

  /** A field's bytes as they came; clients send UTF-8 where they send more than ASCII. */
  private static byte[] bytes(String field) {
    return field.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<RecordHeader> headers(Fields fields) {
    List<RecordHeader> headers = new ArrayList<>();
    for (int line = 0; line < fields.count(); line++) {
      String name = fields.name(line).toLowerCase(Locale.ROOT);
      if (name.startsWith(HEADER) && name.length() > HEADER.length()) {
        headers.add(
            new RecordHeader(
                name.substring(HEADER.length()), ByteBuffer.wrap(bytes(fields.value(line)))));
      }
    }
    return headers;
  }
}
