package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.core.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of a route are for the same thing. The origin is asked with the query as the
 * client sent it.
 *
 * <p>Parameters of the query decide under which key a resource is stored. Cookies, fields and the
 * device class tell variants of a resource apart, as if its responses had Vary, so that whatever
 * invalidates the resource takes all of them along.
 *
 * @param sortsQuery whether the order of parameters with different names does not count
 * @param dropped parameters that do not count; a star at the end stands for any ending
 * @param kept if not empty, the only parameters that count
 * @param cookies names of cookies that count
 * @param fields names of request fields that count, in any letter case
 * @param device whether phones, tablets and the rest are told apart
 */
public record KeyRule(
    boolean sortsQuery,
    List<String> dropped,
    List<String> kept,
    List<String> cookies,
    List<String> fields,
    boolean device) {

  /** The host, the path and the query as it is. */
  public static final KeyRule WHOLE_TARGET =
      new KeyRule(false, List.of(), List.of(), List.of(), List.of(), false);

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** What no field is called: names of variants by something else than a field. */
  private static final String COOKIE = ":cookie ";

  private static final String DEVICE = ":device";

  /** Checks the names. */
  public KeyRule {
    if (!dropped.isEmpty() && !kept.isEmpty()) {
      throw new SettingException(
          "edge.routes[].drop-query",
          "is set beside keep-query",
          "one of the two: what is not kept is dropped");
    }
    check("edge.routes[].key-cookies", cookies);
    check("edge.routes[].key-fields", fields);
    dropped = List.copyOf(dropped);
    kept = List.copyOf(kept);
    cookies = List.copyOf(cookies);
    fields = fields.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  private static void check(String setting, List<String> names) {
    for (String name : names) {
      if (!TOKEN.matcher(name).matches()) {
        throw new SettingException(setting, "has \"" + name + "\"", "names without spaces");
      }
    }
  }

  /** The name of a resource in the cache. */
  public String key(RequestTarget target) {
    String query = target.query();
    if (query == null) {
      return target.host().concat(target.path());
    }
    if (!sortsQuery && dropped.isEmpty() && kept.isEmpty()) {
      return target.host() + target.path() + '?' + query;
    }
    String rest = normalise(query);
    return rest.isEmpty()
        ? target.host().concat(target.path())
        : target.host() + target.path() + '?' + rest;
  }

  private String normalise(String query) {
    List<String> parameters = new ArrayList<>(Arrays.asList(query.split("&", -1)));
    parameters.removeIf(parameter -> parameter.isEmpty() || !counts(name(parameter)));
    if (sortsQuery) {
      // Values of one name stay in their order, which may say something.
      parameters.sort(Comparator.comparing(KeyRule::name));
    }
    return String.join("&", parameters);
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    if (name.indexOf('%') < 0) {
      return name;
    }
    String decoded = RequestTarget.decode(name);
    return decoded == null ? name : decoded;
  }

  private boolean counts(String name) {
    return kept.isEmpty() ? !anyMatches(dropped, name) : anyMatches(kept, name);
  }

  private static boolean anyMatches(List<String> patterns, String name) {
    for (String pattern : patterns) {
      boolean matches =
          pattern.endsWith("*")
              ? name.startsWith(pattern.substring(0, pattern.length() - 1))
              : name.equals(pattern);
      if (matches) {
        return true;
      }
    }
    return false;
  }

  /** What tells variants apart beside Vary, as names of a {@link VaryKey}. */
  List<String> variantNames() {
    if (cookies.isEmpty() && fields.isEmpty() && !device) {
      return List.of();
    }
    List<String> names = new ArrayList<>(fields);
    for (String cookie : cookies) {
      names.add(COOKIE + cookie);
    }
    if (device) {
      names.add(DEVICE);
    }
    return names;
  }

  /** What a request has for a name of {@link #variantNames}, or of Vary; null for nothing. */
  static @Nullable String value(String name, Fields request) {
    if (name.charAt(0) != ':') {
      return request.joined(name);
    }
    return name.equals(DEVICE)
        ? DeviceClass.of(request).token()
        : cookie(name.substring(COOKIE.length()), request);
  }

  /** The value of a cookie (RFC 6265, section 5.4), the first one of that name. */
  private static @Nullable String cookie(String name, Fields request) {
    for (String line : request.all("cookie")) {
      for (String pair : line.split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
          return pair.substring(equals + 1).strip();
        }
      }
    }
    return null;
  }
}
