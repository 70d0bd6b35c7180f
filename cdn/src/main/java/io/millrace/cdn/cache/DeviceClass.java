package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import java.util.Locale;

/** What kind of device a request comes from, as far as origins make a difference. */
enum DeviceClass {
  /** A phone. */
  MOBILE,
  /** Larger than a phone, with a touch screen. */
  TABLET,
  /** All others, programs included. */
  DESKTOP;

  /** As configurations and keys have it. */
  String token() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * By Sec-CH-UA-Mobile where the browser sends it, else by the words that browsers put in
   * User-Agent: {@code Mobi} stands in those of all phones.
   */
  static DeviceClass of(Fields request) {
    if ("?1".equals(request.first("sec-ch-ua-mobile"))) {
      return MOBILE;
    }
    String agent = request.first("user-agent");
    if (agent == null) {
      return DESKTOP;
    }
    if (agent.contains("iPad") || agent.contains("Tablet")) {
      return TABLET;
    }
    if (agent.contains("Mobi")) {
      return MOBILE;
    }
    return agent.contains("Android") ? TABLET : DESKTOP;
  }
}
