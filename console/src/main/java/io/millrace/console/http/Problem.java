package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Statuses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why a request was not served, as RFC 9457 writes it.
 *
 * @param status from 400 to 599
 * @param detail one sentence for the person behind the client
 * @param members further members, such as {@code line} and {@code column} of a SQL error
 */
public record Problem(int status, String detail, Map<String, Object> members) {

  /** The media type of a problem document. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** The answer that tells it. */
  public Answer.Whole answer() {
    Fields.Builder fields =
        new Fields.Builder().add("Content-Type", MEDIA_TYPE).add("Cache-Control", "no-store");
    if (members.get("allow") instanceof List<?> methods) {
      fields.add("Allow", String.join(", ", methods.stream().map(String::valueOf).toList()));
    }
    return new Answer.Whole(status, fields.build(), Json.bytes(document()));
  }

  /** The document, in the order in which it is written. */
  public Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", "about:blank");
    document.put("title", Statuses.reason(status));
    document.put("status", status);
    document.put("detail", detail);
    document.putAll(members);
    return document;
  }
}
