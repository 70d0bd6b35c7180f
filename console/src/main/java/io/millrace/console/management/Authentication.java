package io.millrace.console.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.amqp.auth.Authenticator;
import io.millrace.amqp.auth.Mechanism;
import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.User;
import io.millrace.cdn.http.Fields;
import io.millrace.console.http.Request;
import java.net.InetAddress;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Finds out who asks, by the name and password that a request carries (RFC 7617). */
final class Authentication {

  private static final String SCHEME = "basic ";

  private final Authenticator authenticator;
  private final AccessStore access;

  Authentication(Authenticator authenticator, AccessStore access) {
    this.authenticator = authenticator;
    this.access = access;
  }

  /** The caller, or null when the request does not show who it is. */
  @Nullable Caller caller(Request request) {
    String field = request.fields().first("authorization");
    if (field == null || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    String credentials;
    try {
      credentials = new String(Base64.getDecoder().decode(field.substring(6).strip()), UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = credentials.indexOf(':');
    if (colon < 0) {
      return null;
    }
    String response =
        "\0" + credentials.substring(0, colon) + "\0" + credentials.substring(colon + 1);
    String user =
        authenticator.authenticate(
            Mechanism.PLAIN, response.getBytes(UTF_8), null, from(request.fields()));
    AccessImage image = access.image();
    User known = user == null ? null : image.user(user);
    return user == null || known == null ? null : new Caller(user, known.tags(), image);
  }

  /** Where the client is: the port itself adds that to what was forwarded before. */
  private static InetAddress from(Fields fields) {
    String forwarded = fields.joined("x-forwarded-for");
    String last = forwarded == null ? "" : forwarded.substring(forwarded.lastIndexOf(',') + 1);
    try {
      return InetAddress.ofLiteral(last.strip());
    } catch (IllegalArgumentException e) {
      // Not known to be of this machine.
      return InetAddress.ofLiteral("0.0.0.0");
    }
  }
}
