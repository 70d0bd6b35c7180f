package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which request fields a response depends on, and what they were (RFC 9111, section 4.1). Values
 * are compared after normalisation that keeps their meaning: lines of one name joined, white space
 * around commas dropped; for Accept-Language and Accept-Encoding also letter case.
 *
 * <p>A response that says which language it is in, and that it was chosen by that, is also the one
 * for whoever wants just this language most ({@link LanguagePreference}).
 *
 * @param names in lower case; with a colon in front those of {@link KeyRule#variantNames}
 * @param values one for each name, null where the request had none
 * @param language of the response, in lower case; null if it has none or does not depend on it
 */
record VaryKey(List<String> names, List<@Nullable String> values, @Nullable String language) {

  private static final String LANGUAGE = "accept-language";

  /** Depends on nothing. */
  static final VaryKey NONE = new VaryKey(List.of(), List.of(), null);

  /**
   * Of a response to a request; null when no request can match it: Vary has a star.
   *
   * @param rule what the response depends on by configuration
   */
  static @Nullable VaryKey of(Fields response, Fields request, KeyRule rule) {
    String vary = response.joined("vary");
    List<String> byRule = rule.variantNames();
    if (vary == null || vary.isBlank()) {
      return byRule.isEmpty() ? NONE : of(byRule, request);
    }
    List<String> names = new ArrayList<>(byRule);
    for (String member : vary.split(",", -1)) {
      String name = member.strip().toLowerCase(Locale.ROOT);
      if (name.equals("*")) {
        return null;
      }
      if (!name.isEmpty() && name.charAt(0) != ':' && !names.contains(name)) {
        names.add(name);
      }
    }
    return of(names, request).in(response);
  }

  private VaryKey in(Fields response) {
    String content = response.joined("content-language");
    return content == null || content.indexOf(',') >= 0 || !names.contains(LANGUAGE)
        ? this
        : new VaryKey(names, values, content.strip().toLowerCase(Locale.ROOT));
  }

  /** Of the same response, when it is found to be the answer to another request too. */
  VaryKey ofRequest(Fields request) {
    return new VaryKey(names, of(names, request).values(), language);
  }

  /** What a request has for these names. */
  static VaryKey of(List<String> names, Fields request) {
    List<@Nullable String> values = new ArrayList<>(names.size());
    for (String name : names) {
      values.add(normalise(name, KeyRule.value(name, request)));
    }
    return new VaryKey(names, values, null);
  }

  /** Tells it apart from other variants of a resource, in 16 bits that are the same everywhere. */
  int tag() {
    int hash = names.hashCode() * 31 + values.hashCode();
    return (hash ^ (hash >>> 16)) & 0xffff;
  }

  /** Whether a request would have got this response. */
  boolean matches(Fields request) {
    for (int i = 0; i < names.size(); i++) {
      String mine = values.get(i);
      String theirs = normalise(names.get(i), KeyRule.value(names.get(i), request));
      boolean same = mine == null ? theirs == null : mine.equals(theirs);
      if (!same && !wantsLanguage(names.get(i), theirs)) {
        return false;
      }
    }
    return true;
  }

  private boolean wantsLanguage(String name, @Nullable String theirs) {
    return language != null
        && theirs != null
        && name.equals(LANGUAGE)
        && language.equals(LanguagePreference.first(theirs));
  }

  /** Whether it is for the very same requests as another one. */
  boolean sameRequests(VaryKey other) {
    return names.equals(other.names) && values.equals(other.values);
  }

  private static @Nullable String normalise(String name, @Nullable String value) {
    if (value == null) {
      return null;
    }
    boolean list = value.indexOf(',') >= 0 && name.charAt(0) != ':';
    boolean coded = name.equals(LANGUAGE) || name.equals("accept-encoding");
    if (!list && !coded) {
      return value;
    }
    String[] members = value.split(",", -1);
    for (int i = 0; i < members.length; i++) {
      members[i] = members[i].strip();
    }
    if (coded) {
      for (int i = 0; i < members.length; i++) {
        members[i] = members[i].toLowerCase(Locale.ROOT).replace(" ", "");
      }
      if (value.indexOf(';') < 0) {
        // Without weights all members are equally welcome, so their order says nothing.
        Arrays.sort(members);
      }
    }
    return String.join(",", members);
  }
}
