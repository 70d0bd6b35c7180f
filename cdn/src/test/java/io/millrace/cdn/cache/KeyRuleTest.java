package io.millrace.cdn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.http.Fields;
import io.millrace.core.Clock;
import io.millrace.core.SettingException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests of a route are for the same thing. */
class KeyRuleTest {

  private static KeyRule query(boolean sorts, List<String> dropped, List<String> kept) {
    return new KeyRule(sorts, dropped, kept, List.of(), List.of(), false);
  }

  private static KeyRule variants(List<String> cookies, List<String> fields, boolean device) {
    return new KeyRule(false, List.of(), List.of(), cookies, fields, device);
  }

  /** Whether the second of two requests is answered from what the first one left. */
  private static boolean same(KeyRule rule, String one, String other, String... headers)
      throws Exception {
    try (ScriptedOrigin origin = new ScriptedOrigin();
        EdgeFixture edge =
            EdgeFixture.before(origin, Clock.system(), CachePolicy.DEFAULT.keyedBy(rule))) {
      origin.answers("x", "Cache-Control: max-age=60");
      edge.get(one, "X-None", "1");
      edge.get(other, headers);
      assertThat(origin.requests.getFirst().line()).contains(one);
      return origin.requests.size() == 1;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a?x=1&y=2     | /a?y=2&x=1     | true",
        "/a?x=1&x=2     | /a?x=2&x=1     | false",
        "/a?y=1&x=1&x=2 | /a?x=1&y=1&x=2 | true",
        "/a?x=1&&y=2    | /a?y=2&x=1&    | true",
        "/a             | /a?            | true",
        "/a?x=1         | /a             | false",
      })
  void theOrderOfParametersDoesNotCountOnRequest(String one, String other, boolean same)
      throws Exception {
    assertThat(same(query(true, List.of(), List.of()), one, other)).isEqualTo(same);
    if (one.contains("&y") || one.contains("&x=1&")) {
      assertThat(same(KeyRule.WHOLE_TARGET, one, other)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a                | /a?utm_source=mail          | true",
        "/a?x=1            | /a?utm_source=m&x=1&gclid=7 | true",
        "/a?x=1            | /a?x=1&utm%5Fsource=m       | true",
        "/a?x=1            | /a?x=2                      | false",
        "/a                | /a?gclids=1                 | false",
      })
  void droppedParametersDoNotCount(String one, String other, boolean same) throws Exception {
    assertThat(same(query(false, List.of("utm_*", "gclid"), List.of()), one, other))
        .isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a?id=1 | /a?id=1&session=2 | true",
        "/a?id=1 | /a?session=2      | false",
        "/a      | /a?session=2      | true",
      })
  void onlyKeptParametersCount(String one, String other, boolean same) throws Exception {
    assertThat(same(query(false, List.of(), List.of("id")), one, other)).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "theme=dark                | false",
        "session=1                 | true",
        "session=1; currency=EUR   | false",
        "currency=EUR; session=1   | false",
      })
  void chosenCookiesCount(String cookies, boolean same) throws Exception {
    assertThat(
            same(
                variants(List.of("theme", "currency"), List.of(), false),
                "/a",
                "/a",
                "Cookie",
                cookies))
        .isEqualTo(same);
  }

  @Test
  void chosenFieldsCountWithoutVary() throws Exception {
    KeyRule rule = variants(List.of(), List.of("X-Tenant"), false);

    assertThat(same(rule, "/a", "/a", "X-Tenant", "acme")).isFalse();
    assertThat(same(rule, "/a", "/a", "X-Other", "acme")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "User-Agent | Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit Mobile/15E148 | MOBILE",
        "User-Agent | Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120 Mobile Safari  | MOBILE",
        "User-Agent | Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/120 Safari/537.36  | TABLET",
        "User-Agent | Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Mobile/15E148        | TABLET",
        "User-Agent | Mozilla/5.0 (X11; Linux x86_64) Chrome/120 Safari/537.36           | DESKTOP",
        "User-Agent | curl/8.5                                                           | DESKTOP",
        "Sec-CH-UA-Mobile | ?1                                                           | MOBILE",
        "Sec-CH-UA-Mobile | ?0                                                           | DESKTOP",
      })
  void devicesAreToldApart(String field, String value, DeviceClass expected) throws Exception {
    assertThat(DeviceClass.of(Fields.of(field, value))).isEqualTo(expected);
    assertThat(same(variants(List.of(), List.of(), true), "/a", "/a", field, value))
        .isEqualTo(expected == DeviceClass.DESKTOP);
  }

  @Test
  void anUnsafeMethodInvalidatesAllThatTheRuleTellsApart() throws Exception {
    KeyRule rule =
        new KeyRule(true, List.of("utm_*"), List.of(), List.of("theme"), List.of(), false);
    try (ScriptedOrigin origin = new ScriptedOrigin();
        EdgeFixture edge =
            EdgeFixture.before(origin, Clock.system(), CachePolicy.DEFAULT.keyedBy(rule))) {
      origin.answers("x", "Cache-Control: max-age=60");
      edge.get("/a?x=1&y=2", "Cookie", "theme=dark");
      edge.get("/a?x=1&y=2", "Cookie", "theme=light");

      edge.client.send(
          HttpRequest.newBuilder(edge.uri("/a?y=2&x=1&utm_id=1")).DELETE().build(),
          BodyHandlers.discarding());
      edge.get("/a?x=1&y=2", "Cookie", "theme=dark");
      edge.get("/a?x=1&y=2", "Cookie", "theme=light");

      assertThat(origin.requests).hasSize(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a;b", "a\nb"})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> variants(List.of(name), List.of(), false))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.routes[].key-cookies has");
    assertThatThrownBy(() -> variants(List.of(), List.of(name), false))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("edge.routes[].key-fields has");
  }

  @Test
  void toDropAndToKeepAtOnceIsRefused() {
    assertThatThrownBy(() -> query(false, List.of("a"), List.of("b")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "edge.routes[].drop-query is set beside keep-query; allowed: one of the two: what is"
                + " not kept is dropped");
  }
}
