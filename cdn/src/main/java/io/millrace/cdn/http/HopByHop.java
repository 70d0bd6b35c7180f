package io.millrace.cdn.http;

import java.util.Locale;
import java.util.Set;

/** Fields that belong to one connection and go no further (RFC 9110, section 7.6.1). */
public final class HopByHop {

  private static final Set<String> ALWAYS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** Fields that a Connection field cannot take away: a stranger would use that against us. */
  private static final Set<String> NEVER =
      Set.of("host", "content-length", "cache-control", "authorization", "age", "date", "vary");

  private HopByHop() {}

  /** Whether the line is of the connection, by its name or because Connection lists it. */
  public static boolean is(Fields fields, int line) {
    String name = fields.name(line).toLowerCase(Locale.ROOT);
    if (ALWAYS.contains(name)) {
      return true;
    }
    return !NEVER.contains(name) && fields.has("connection") && fields.hasToken("connection", name);
  }
}
