package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Ends the handling of a request with an error as RabbitMQ words it. Carries no stack trace. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String error;

  @SuppressWarnings("serial") // never serialized
  private final JsonNode reason;

  Refusal(int status, String error, String reason) {
    this(status, error, TextNode.valueOf(reason));
  }

  private Refusal(int status, String error, JsonNode reason) {
    super(error, null, false, false);
    this.status = status;
    this.error = error;
    this.reason = reason;
  }

  /** There is no such thing. */
  static Refusal notFound() {
    return new Refusal(404, "Object Not Found", "Not Found");
  }

  /** Something that the request says is wrong. */
  static Refusal badRequest(String reason) {
    return new Refusal(400, "bad_request", reason);
  }

  /** The same, told by a word and what it is about. */
  static Refusal badRequest(String word, Object value) {
    ArrayNode reason = JsonNodeFactory.instance.arrayNode();
    reason.add(word).addPOJO(value);
    return new Refusal(400, "bad_request", reason);
  }

  /** The caller may not do that. */
  static Refusal notAuthorised(String reason) {
    return new Refusal(401, "not_authorised", reason);
  }

  int status() {
    return status;
  }

  /** What is answered. */
  ObjectNode document() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("error", error);
    document.set("reason", reason);
    return document;
  }
}
