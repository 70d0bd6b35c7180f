package io.millrace.amqp.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users that may connect, with their passwords. When none are configured there is RabbitMQ's
 * {@code guest} with the password {@code guest}, who may come from this machine only. Any thread.
 */
public final class Users {

  /** The mechanisms that are served, as they are announced. */
  public static final String MECHANISMS = "PLAIN AMQPLAIN";

  private static final String GUEST = "guest";

  private final Map<String, String> passwords;
  private final boolean guestOnly;

  /** With passwords by name; none for the guest only. */
  public Users(Map<String, String> passwords) {
    this.guestOnly = passwords.isEmpty();
    this.passwords = guestOnly ? Map.of(GUEST, GUEST) : Map.copyOf(passwords);
  }

  /** Whether a mechanism is served. */
  public static boolean serves(String mechanism) {
    return mechanism.equals("PLAIN") || mechanism.equals("AMQPLAIN");
  }

  /**
   * The user that a client shows to be, or null.
   *
   * @param mechanism one that is served
   * @param from where the client is
   */
  public @Nullable String authenticate(String mechanism, byte[] response, InetAddress from) {
    String[] given = mechanism.equals("PLAIN") ? plain(response) : amqPlain(response);
    if (given == null || (guestOnly && !from.isLoopbackAddress())) {
      return null;
    }
    String expected = passwords.get(given[0]);
    // Compared all the same where there is no such user, to take as long.
    boolean same =
        MessageDigest.isEqual(
            (expected == null ? "" : expected).getBytes(UTF_8), given[1].getBytes(UTF_8));
    return expected != null && same ? given[0] : null;
  }

  /** RFC 4616: authorization identity, NUL, user, NUL, password. */
  private static String @Nullable [] plain(byte[] response) {
    String[] parts = new String(response, UTF_8).split("\0", -1);
    return parts.length == 3 ? new String[] {parts[1], parts[2]} : null;
  }

  /** A table with LOGIN and PASSWORD, without the length of a table in front. */
  private static String @Nullable [] amqPlain(byte[] response) {
    ByteBuf table =
        Unpooled.wrappedBuffer(
            Unpooled.buffer(4).writeInt(response.length), Unpooled.wrappedBuffer(response));
    try {
      Map<String, Object> fields = new LinkedHashMap<>(Fields.table(table));
      return fields.get("LOGIN") instanceof String user
              && fields.get("PASSWORD") instanceof String password
          ? new String[] {user, password}
          : null;
    } catch (AmqpException e) {
      return null;
    }
  }
}
