package io.millrace.cdn.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whatever comes, a parser answers with a value that holds to the grammar, or an HttpError. */
class HttpFuzzTest {

  @FuzzTest(maxDuration = "5s")
  void requestHeadsHoldOnlyWhatTheGrammarAllows(byte[] input) {
    ByteBuf in = Unpooled.wrappedBuffer(input);
    try {
      RequestHead head = new HeadReader(HeadLimits.DEFAULT).readRequest(in);
      if (head == null) {
        return;
      }
      assertThat(head.method()).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}");
      assertThat(head.target()).matches("[!-~]+");
      check(head.fields());
      Framing.ofRequest(head);
      RequestTarget target = RequestTarget.of(head);
      assertThat(target.host()).isNotEmpty();
      if (!target.path().equals("*")) {
        assertThat(target.path()).startsWith("/").doesNotContain("/../", "/./", "\\");
        // Normalising what is normal changes nothing.
        RequestTarget again =
            RequestTarget.of(
                new RequestHead("GET", target.pathAndQuery(), true, Fields.of("Host", "x")));
        assertThat(again.path()).isEqualTo(target.path());
        assertThat(again.query()).isEqualTo(target.query());
      }
      target.decodedPath();
    } catch (HttpError e) {
      assertThat(e.status()).isIn(400, 413, 414, 417, 431, 501, 505);
    }
  }

  private static void check(Fields fields) {
    for (int line = 0; line < fields.count(); line++) {
      assertThat(fields.name(line)).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
      assertThat(fields.value(line)).doesNotContain("\r", "\n", "\0");
    }
  }

  /** However the bytes are cut, a head is the same head or the same error. */
  @FuzzTest(maxDuration = "5s")
  void aHeadDoesNotDependOnHowItComes(FuzzedDataProvider data) {
    int step = data.consumeInt(1, 40);
    byte[] input = data.consumeRemainingAsBytes();

    assertThat(read(input, step)).isEqualTo(read(input, input.length + 1));
  }

  private static String read(byte[] input, int step) {
    HeadReader reader = new HeadReader(HeadLimits.DEFAULT);
    ByteBuf in = Unpooled.buffer(input.length + 1);
    try {
      for (int at = 0; at < input.length; at += step) {
        in.writeBytes(input, at, Math.min(step, input.length - at));
        RequestHead head = reader.readRequest(in);
        if (head != null) {
          return head.method() + ' ' + head.target() + '\n' + head.fields();
        }
      }
      return "incomplete";
    } catch (HttpError e) {
      return "error";
    }
  }

  @FuzzTest(maxDuration = "5s")
  void responseHeadsHoldOnlyWhatTheGrammarAllows(byte[] input) {
    try {
      ResponseHead head =
          new HeadReader(HeadLimits.DEFAULT).readResponse(Unpooled.wrappedBuffer(input));
      if (head != null) {
        assertThat(head.status()).isBetween(100, 999);
        check(head.fields());
        Framing.ofResponse(head, "GET");
      }
    } catch (HttpError e) {
      assertThat(e.status()).isIn(400, 502);
    }
  }

  @FuzzTest(maxDuration = "5s")
  void chunksDoNotDependOnHowTheyCome(FuzzedDataProvider data) {
    int step = data.consumeInt(1, 40);
    byte[] input = data.consumeRemainingAsBytes();

    Body whole = body(input, input.length + 1);
    Body pieces = body(input, step);

    assertThat(pieces.failed()).isEqualTo(whole.failed());
    assertThat(pieces.done()).isEqualTo(whole.done());
    if (!whole.failed()) {
      assertThat(pieces.content()).isEqualTo(whole.content());
      assertThat(pieces.left()).isEqualTo(whole.left());
    }
  }

  private record Body(String content, boolean done, boolean failed, int left) {}

  private static Body body(byte[] input, int step) {
    BodyReader reader = new BodyReader(Framing.CHUNKED);
    ByteBuf in = Unpooled.buffer(input.length + 1);
    StringBuilder content = new StringBuilder();
    try {
      for (int at = 0; at < input.length; at += step) {
        in.writeBytes(input, at, Math.min(step, input.length - at));
        for (ByteBuf piece = reader.next(in); piece != null; piece = reader.next(in)) {
          content.append(piece.toString(StandardCharsets.ISO_8859_1));
          piece.release();
        }
      }
      return new Body(content.toString(), reader.isDone(), false, in.readableBytes());
    } catch (HttpError e) {
      return new Body(content.toString(), false, true, 0);
    }
  }

  @FuzzTest(maxDuration = "3s")
  void datesAreReadOrRefused(FuzzedDataProvider data) {
    long now = data.consumeLong(0, 4_000_000_000_000L);
    long millis = HttpDate.parse(data.consumeRemainingAsAsciiString(), now);
    if (millis != HttpDate.INVALID && millis >= 0) {
      assertThat(HttpDate.parse(HttpDate.format(millis), now)).isEqualTo(millis);
    }
  }

  @FuzzTest(maxDuration = "3s")
  void referencesStayOnTheirHost(FuzzedDataProvider data) {
    RequestTarget base = new RequestTarget("x:80", "/a/b", null);
    @Nullable RequestTarget target = base.resolve(data.consumeRemainingAsAsciiString());
    if (target != null) {
      assertThat(target.host()).isEqualTo("x:80");
      assertThat(target.path()).startsWith("/");
    }
  }
}
