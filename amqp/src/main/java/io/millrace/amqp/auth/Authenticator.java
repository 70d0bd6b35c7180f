package io.millrace.amqp.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.amqp.wire.AmqpException;
import io.millrace.amqp.wire.Fields;
import io.millrace.broker.AccessStore;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.User;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who a client is. Any thread. */
public final class Authenticator {

  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);

  private final AccessStore access;
  private final Set<String> loopbackUsers;

  /** Hashed where there is no such user, to take as long. */
  private final PasswordHash nobodys;

  /**
   * For the users of the store.
   *
   * @param loopbackUsers who may come from this machine only
   */
  public Authenticator(AccessStore access, Set<String> loopbackUsers, RandomGenerator random) {
    this.access = access;
    this.loopbackUsers = Set.copyOf(loopbackUsers);
    nobodys = PasswordHash.of(PasswordHashing.SHA_256, Long.toHexString(random.nextLong()), random);
  }

  /**
   * The user that a client shows to be, or null.
   *
   * @param certified whom the client's certificate names, or null
   * @param from where the client is
   */
  public @Nullable String authenticate(
      Mechanism mechanism, byte[] response, @Nullable String certified, InetAddress from) {
    String user =
        switch (mechanism) {
          case PLAIN -> byPassword(plain(response));
          case AMQPLAIN -> byPassword(amqPlain(response));
          case EXTERNAL ->
              certified != null && access.image().user(certified) != null ? certified : null;
        };
    if (user != null && loopbackUsers.contains(user) && !from.isLoopbackAddress()) {
      LOG.info("User '{}' can only connect from this machine, not from {}", user, from);
      return null;
    }
    if (user == null) {
      LOG.info("A client of {} was refused by {}", from.getHostAddress(), mechanism);
    }
    return user;
  }

  private record Login(String user, String password) {}

  private @Nullable String byPassword(@Nullable Login login) {
    if (login == null) {
      return null;
    }
    User user = access.image().user(login.user);
    PasswordHash hash = user == null ? null : user.password();
    boolean same = (hash == null ? nobodys : hash).matches(login.password);
    return hash != null && same ? login.user : null;
  }

  /** RFC 4616: authorization identity, NUL, user, NUL, password. */
  private static @Nullable Login plain(byte[] response) {
    String[] parts = new String(response, UTF_8).split("\0", -1);
    return parts.length == 3 ? new Login(parts[1], parts[2]) : null;
  }

  /** A table with LOGIN and PASSWORD, without the length of a table in front. */
  private static @Nullable Login amqPlain(byte[] response) {
    ByteBuf table =
        Unpooled.wrappedBuffer(
            Unpooled.buffer(4).writeInt(response.length), Unpooled.wrappedBuffer(response));
    try {
      Map<String, Object> fields = new LinkedHashMap<>(Fields.table(table));
      return fields.get("LOGIN") instanceof String user
              && fields.get("PASSWORD") instanceof String password
          ? new Login(user, password)
          : null;
    } catch (AmqpException e) {
      return null;
    }
  }
}
