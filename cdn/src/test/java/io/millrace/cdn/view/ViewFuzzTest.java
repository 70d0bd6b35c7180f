package io.millrace.cdn.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.cdn.http.RequestTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Whatever records and paths hold, documents are JSON and events have one line of data. */
class ViewFuzzTest {

  @FuzzTest(maxDuration = "5s")
  void aValueThatCountsAsJsonCanStandInADocument(byte[] value) throws IOException {
    if (!RecordValue.isJson(value)) {
      return;
    }
    byte[] line = RecordValue.onOneLine(value);
    String document = "{\"a\":[" + new String(line, StandardCharsets.UTF_8) + "]}";
    assertThat(document).doesNotContain("\n", "\r");
    try (JsonParser parser = new JsonFactory().createParser(document)) {
      // It is one value, and does not end what it stands in.
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      assertThat(parser.nextToken()).isEqualTo(JsonToken.FIELD_NAME);
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_ARRAY);
      assertThat(parser.nextToken()).isNotNull();
      parser.skipChildren();
      assertThat(parser.nextToken()).isEqualTo(JsonToken.END_ARRAY);
      assertThat(parser.nextToken()).isEqualTo(JsonToken.END_OBJECT);
      assertThat(parser.nextToken()).isNull();
    }
  }

  @FuzzTest(maxDuration = "3s")
  void textBecomesAString(FuzzedDataProvider data) throws IOException {
    String text = data.consumeRemainingAsString();
    String quoted = new String(RecordValue.quote(text), StandardCharsets.UTF_8);
    assertThat(quoted).doesNotContain("\n", "\r");
    try (JsonParser parser = new JsonFactory().createParser(quoted)) {
      parser.nextToken();
      String sent = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      assertThat(parser.getText()).isEqualTo(sent);
    }
  }

  @FuzzTest(maxDuration = "3s")
  void pathsNameSomethingOrNothing(FuzzedDataProvider data) {
    RequestTarget base = new RequestTarget("x", "/board/", null);
    RequestTarget target = base.resolve(data.consumeRemainingAsAsciiString());
    if (target != null && ViewPath.of("/board", target) instanceof ViewPath.Document document) {
      assertThat(document.key()).isNotEmpty();
    }
  }
}
