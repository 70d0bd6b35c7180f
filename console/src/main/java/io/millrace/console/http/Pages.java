package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files of the page, from the program itself. Each is read when it is first asked for; browsers
 * and the cache in front of this keep them and ask by entity tag whether they changed.
 */
public final class Pages {

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}\\.(html|css|js|svg)");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  /** Own files only: no inline script, no other host, no frame, no form. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Map<String, Answer> read = new ConcurrentHashMap<>();

  /** {@code /}, {@code /favicon.ico} and {@code /page/…}. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("GET", "/", request -> file("index.html")),
        Endpoint.of("GET", "/favicon.ico", request -> file("icon.svg")),
        Endpoint.of("GET", "/page/{file}", request -> file(request.path("file"))));
  }

  private Answer file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ProblemException(404, "The console has no such file.");
    }
    Answer known = read.get(name);
    return known == null ? read.computeIfAbsent(name, Pages::load) : known;
  }

  private static Answer load(String name) {
    try (InputStream in = Pages.class.getResourceAsStream("/io/millrace/console/page/" + name)) {
      if (in == null) {
        throw new ProblemException(404, "The console has no such file.");
      }
      byte[] content = in.readAllBytes();
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
      return new Answer.Whole(
          200,
          Fields.of(
              "Content-Type",
              type,
              "Cache-Control",
              "no-cache",
              "ETag",
              '"' + digest(content) + '"',
              "Content-Security-Policy",
              CONTENT_SECURITY_POLICY,
              "X-Frame-Options",
              "DENY",
              "Cross-Origin-Opener-Policy",
              "same-origin"),
          content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
