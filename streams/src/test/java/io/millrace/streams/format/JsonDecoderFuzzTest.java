package io.millrace.streams.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.streams.plan.Connector.TimestampFormat;
import io.millrace.streams.row.Row;
import java.nio.ByteBuffer;

/** Whatever bytes a record holds, they are a row or a reason why not, and nothing else. */
class JsonDecoderFuzzTest {

  private final JsonDecoder decoder =
      new JsonDecoder(JsonFormatTest.columns(), TimestampFormat.SQL, false);
  private final JsonEncoder encoder =
      new JsonEncoder(JsonFormatTest.columns(), TimestampFormat.SQL);
  private final Row row = new Row(JsonFormatTest.columns().size());

  @FuzzTest
  void decodesOrSaysWhyNot(byte[] bytes) {
    try {
      decoder.decode(ByteBuffer.wrap(bytes), row);
    } catch (FormatException e) {
      return;
    }
    // What was read can be written, and that be read.
    ByteBuffer written = encoder.encode(row);
    try {
      decoder.decode(written, row);
    } catch (FormatException e) {
      throw new AssertionError("what was written cannot be read", e);
    }
  }
}
