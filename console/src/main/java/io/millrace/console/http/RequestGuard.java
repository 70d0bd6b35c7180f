package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.RequestTarget;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites from using a browser on this machine to reach the console, which asks
 * nobody for a password:
 *
 * <ul>
 *   <li>DNS rebinding: a page's own host name may be made to resolve to 127.0.0.1, but then the
 *       Host field still names it. Only {@code localhost}, IP addresses and configured names pass.
 *   <li>Cross-site requests: browsers say where a request comes from by Origin and Sec-Fetch-Site.
 *       Everything under {@code /api} is refused to other origins, a different port included.
 *   <li>Old browsers that say neither: a request that changes something must carry a media type or
 *       a field that no form can send, which makes browsers ask first (a CORS preflight), and that
 *       is never granted.
 * </ul>
 */
public final class RequestGuard {

  /** The field that a request of a form's media type needs to be taken. */
  public static final String PROOF_FIELD = "x-millrace";

  /** What an HTML form, or a script without preflight, can send (Fetch, section 2.2.2). */
  private static final Set<String> FORM_TYPES =
      Set.of("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data");

  private final Set<String> allowedHosts;
  private final String setting;
  private final boolean asksForPasswords;

  /** A guard that lets the given host names in, besides localhost and IP addresses. */
  public RequestGuard(Set<String> allowedHosts) {
    this(allowedHosts, "console.allowed-hosts", false);
  }

  private RequestGuard(Set<String> allowedHosts, String setting, boolean asksForPasswords) {
    this.allowedHosts = Set.copyOf(allowedHosts);
    this.setting = setting;
    this.asksForPasswords = asksForPasswords;
  }

  /**
   * A guard of a port that asks for a name and a password with each request: it takes any media
   * type, since a page of another site cannot send them unless a browser keeps them, and browsers
   * that do also say where a request comes from.
   *
   * @param setting that adds names
   */
  public static RequestGuard ofPasswords(Set<String> allowedHosts, String setting) {
    return new RequestGuard(allowedHosts, setting, true);
  }

  /**
   * Checks a request's head.
   *
   * @return why it is refused, or null when it may be served
   */
  public @Nullable Problem refusal(String method, RequestTarget target, Fields fields) {
    String host = target.hostName();
    if (!isAllowedHost(host)) {
      return problem(
          421,
          "The host \""
              + host
              + "\" is not this console's: use localhost or an IP address, or add the name to "
              + setting
              + ".");
    }
    boolean safe = method.equals("GET") || method.equals("HEAD");
    boolean api = target.path().startsWith("/api");
    if (safe && !api) {
      return null;
    }
    String site = fields.first("sec-fetch-site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return problem(403, "Requests that come from pages of other sites are not served.");
    }
    String origin = fields.first("origin");
    if (origin != null && !isSameOrigin(origin, target.host())) {
      return problem(403, "Requests that come from pages of other origins are not served.");
    }
    if (!asksForPasswords
        && method.equals("POST")
        && FORM_TYPES.contains(mediaType(fields))
        && !fields.has(PROOF_FIELD)) {
      return problem(
          415,
          "A request of this media type needs the header X-Millrace (with any value); or send"
              + " application/json, or application/sql.");
    }
    return null;
  }

  private boolean isAllowedHost(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || isIpAddress(host)
        || allowedHosts.contains(host);
  }

  /** An address is no name that a stranger could make resolve to this machine. */
  private static boolean isIpAddress(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      return true;
    }
    int dots = 0;
    int digits = 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        if (digits == 0) {
          return false;
        }
        dots++;
        digits = 0;
      } else if (c >= '0' && c <= '9' && digits < 3) {
        digits++;
      } else {
        return false;
      }
    }
    return dots == 3 && digits > 0;
  }

  private static boolean isSameOrigin(String origin, String host) {
    String lower = origin.toLowerCase(Locale.ROOT);
    return lower.equals("http://" + host) || lower.equals("https://" + host);
  }

  private static String mediaType(Fields fields) {
    String type = fields.first("content-type");
    if (type == null) {
      return "";
    }
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  private static Problem problem(int status, String detail) {
    return new Problem(status, detail, java.util.Map.of());
  }
}
