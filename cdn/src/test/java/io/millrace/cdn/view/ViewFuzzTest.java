package io.millrace.cdn.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
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
      int depth = 0;
      while (parser.nextToken() != null) {
        depth += parser.currentToken().isStructStart() ? 1 : 0;
        depth -= parser.currentToken().isStructEnd() ? 1 : 0;
        // It does not end what it stands in.
        assertThat(
                depth > 1
                    || parser.currentTokenLocation().getCharOffset() > document.length() - 3
                    || parser.currentTokenLocation().getCharOffset() < 6)
            .isTrue();
      }
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
