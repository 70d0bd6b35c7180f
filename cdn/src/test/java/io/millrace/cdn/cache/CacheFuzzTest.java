package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.cdn.http.Fields;

/** Field values from strangers: whatever they are, what is read of them is in its range. */
class CacheFuzzTest {

  @FuzzTest(maxDuration = "3s")
  void directivesAreInRange(FuzzedDataProvider data) {
    CacheControl control = CacheControl.parse(data.consumeRemainingAsAsciiString());

    for (long seconds :
        new long[] {
          control.maxAge(),
          control.sMaxAge(),
          control.minFresh(),
          control.maxStale(),
          control.staleIfError(),
          control.staleWhileRevalidate()
        }) {
      assertThat(seconds).isBetween(CacheControl.NONE, CacheControl.MOST_SECONDS);
    }
    assertThat(control.fieldsNotToReuse()).noneMatch(String::isEmpty);
  }

  @FuzzTest(maxDuration = "3s")
  void rangesLieWithinTheBody(FuzzedDataProvider data) {
    long length = data.consumeLong(0, Long.MAX_VALUE);
    ByteRange range = ByteRange.parse("bytes=" + data.consumeRemainingAsAsciiString(), length);

    if (range != null && !range.equals(ByteRange.UNSATISFIABLE)) {
      assertThat(range.first()).isBetween(0L, range.last());
      assertThat(range.last()).isLessThan(length);
      assertThat(range.length()).isBetween(1L, length);
    }
  }

  @FuzzTest(maxDuration = "3s")
  void aRequestGetsTheVariantThatItMade(FuzzedDataProvider data) {
    String vary = visible(data.consumeString(40));
    String language = visible(data.consumeString(40));
    Fields request = Fields.of("Accept-Language", language, "X-A", visible(data.consumeString(20)));

    VaryKey key = VaryKey.of(Fields.of("Vary", vary), request, KeyRule.WHOLE_TARGET);

    if (key == null) {
      assertThat(vary).contains("*");
    } else {
      assertThat(key.matches(request)).isTrue();
      assertThat(VaryKey.of(key.names(), request)).isEqualTo(key);
    }
  }

  @FuzzTest(maxDuration = "3s")
  void preconditionsAreDecided(FuzzedDataProvider data) {
    String tag = '"' + visible(data.consumeString(10)).replace("\"", "") + '"';
    Fields request =
        Fields.of(
            "If-None-Match",
            visible(data.consumeString(30)) + ", " + tag,
            "If-Modified-Since",
            visible(data.consumeString(30)));

    Preconditions.notModified(request, tag, null, 0, 0);
    assertThat(Preconditions.notModified(Fields.of("If-None-Match", tag), tag, null, 0, 0))
        .isTrue();
  }

  private static String visible(String text) {
    StringBuilder out = new StringBuilder();
    text.chars().filter(c -> c >= ' ' && c < 0x7f).forEach(c -> out.append((char) c));
    return out.toString().strip();
  }
}
