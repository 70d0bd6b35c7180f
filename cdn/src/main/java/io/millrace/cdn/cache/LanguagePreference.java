package io.millrace.cdn.cache;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an Accept-Language field wants most (RFC 9110, section 12.5.4). A stored response in just
 * that language is what its origin would select again, whatever else the field names: that is the
 * part of the negotiation that a cache may do itself (RFC 9111, section 4.1).
 */
final class LanguagePreference {

  private LanguagePreference() {}

  /**
   * The one language with the highest weight, in lower case; null when there are several, none, or
   * the field is malformed.
   */
  static @Nullable String first(String acceptLanguage) {
    String best = null;
    int bestWeight = 0;
    boolean alone = false;
    for (String member : acceptLanguage.split(",", -1)) {
      int semicolon = member.indexOf(';');
      String range = (semicolon < 0 ? member : member.substring(0, semicolon)).strip();
      if (range.isEmpty()) {
        continue;
      }
      int weight = semicolon < 0 ? 1000 : weight(member.substring(semicolon + 1).strip());
      if (weight < 0) {
        return null;
      }
      if (weight > bestWeight) {
        best = range;
        bestWeight = weight;
        alone = true;
      } else if (weight == bestWeight) {
        alone = false;
      }
    }
    return alone && best != null && !best.equals("*") ? best.toLowerCase(Locale.ROOT) : null;
  }

  /** A weight in thousandths (RFC 9110, section 12.4.2), or -1 when it is none. */
  private static int weight(String parameter) {
    if (parameter.length() < 3 || !parameter.regionMatches(true, 0, "q=", 0, 2)) {
      return -1;
    }
    String value = parameter.substring(2);
    boolean form =
        value.length() <= 5
            && (value.charAt(0) == '0' || value.charAt(0) == '1')
            && (value.length() == 1 || value.charAt(1) == '.');
    int thousandths = form ? (value.charAt(0) - '0') * 1000 : -1;
    int scale = 100;
    for (int i = 2; form && i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      thousandths += (c - '0') * scale;
      scale /= 10;
    }
    return thousandths > 1000 ? -1 : thousandths;
  }
}
