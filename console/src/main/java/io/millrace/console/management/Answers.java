package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.cdn.http.Fields;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Json;

/** What requests are answered with. */
final class Answers {

  private Answers() {}

  /** A document. */
  static Answer ok(JsonNode document) {
    return Json.answer(200, document);
  }

  /** A document, less what the caller did not ask for. */
  static Answer one(Call call, ObjectNode document) {
    return ok(Columns.of(call).keep(document));
  }

  /** Something was made. */
  static Answer created(String location) {
    return new Answer.Whole(
        201, Fields.of("Cache-Control", "no-store", "Location", location), new byte[0]);
  }

  /** Something was made, or was there before. */
  static Answer put(boolean isNew, Call call) {
    return isNew ? created(call.request().path("name")) : Answer.noContent();
  }

  static Answer refused(Refusal refusal) {
    return Json.answer(refusal.status(), refusal.document());
  }
}
