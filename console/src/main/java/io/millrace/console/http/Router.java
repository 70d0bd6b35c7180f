package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.RequestTarget;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the endpoint of a request. Immutable. */
public final class Router {

  private final List<Endpoint> endpoints;

  /** Tries the endpoints in their order. */
  public Router(List<Endpoint> endpoints) {
    this.endpoints = List.copyOf(endpoints);
  }

  /**
   * Serves a request.
   *
   * @throws ProblemException 404 or 405 when nothing serves it, 400 when its path or query is
   *     malformed, or whatever its handler throws
   */
  Answer serve(String method, RequestTarget target, Fields fields, byte[] body)
      throws InterruptedException {
    List<String> path = segments(target.path());
    String wanted = method.equals("HEAD") ? "GET" : method;
    TreeSet<String> allowed = new TreeSet<>();
    for (Endpoint endpoint : endpoints) {
      Map<String, String> values = endpoint.match(path);
      if (values == null) {
        continue;
      }
      if (endpoint.method().equals(wanted)) {
        Request request = new Request(method, values, query(target.query()), fields, body);
        return endpoint.handler().handle(request);
      }
      allowed.add(endpoint.method());
    }
    if (allowed.isEmpty()) {
      throw new ProblemException(404, "There is nothing at " + target.path() + ".");
    }
    throw new ProblemException(
        405,
        method
            + " is not allowed at "
            + target.path()
            + ", only "
            + String.join(", ", allowed)
            + ".",
        Map.of("allow", List.copyOf(allowed)));
  }

  /** The segments of a path, decoded each: a slash that was encoded stays within its segment. */
  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(1).split("/", -1)) {
      segments.add(segment.indexOf('%') < 0 ? segment : decode(segment));
    }
    return segments;
  }

  private static String decode(String segment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '%') {
        bytes.write(Integer.parseInt(segment, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(400, "The path is not UTF-8 once its percent signs are decoded.");
    }
  }

  private static Map<String, String> query(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query == null || query.isEmpty()) {
      return parameters;
    }
    try {
      for (String parameter : query.split("&", -1)) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        String value = equals < 0 ? "" : parameter.substring(equals + 1);
        parameters.put(
            URLDecoder.decode(name, StandardCharsets.UTF_8),
            URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400, "A percent sign in the query is not followed by two hexadecimal digits.");
    }
    return parameters;
  }
}
