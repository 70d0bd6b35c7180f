package io.millrace.amqp;

import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.amqp.auth.ConfiguredUsers;
import io.millrace.amqp.auth.ConfiguredUsers.ConfiguredUser;
import io.millrace.core.tls.TlsSettings;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to the AMQP ports, and how. Immutable.
 *
 * @param users that are written down at each start; without any, and without any that were written
 *     down before, there is {@code guest}
 * @param loopbackUsers who may come from this machine only
 * @param plaintext whether the port in the clear is open
 * @param tls the encrypted port, or null
 */
public record AmqpSecurity(
    List<ConfiguredUser> users,
    Set<String> loopbackUsers,
    boolean plaintext,
    @Nullable Encrypted tls) {

  /** {@code guest} from this machine, in the clear. */
  public static final AmqpSecurity DEFAULT =
      new AmqpSecurity(List.of(), Set.of(ConfiguredUsers.GUEST), true, null);

  /** Copies the collections. */
  public AmqpSecurity {
    users = List.copyOf(users);
    loopbackUsers = Set.copyOf(loopbackUsers);
  }

  /**
   * An encrypted port.
   *
   * @param port 0 for any free one
   * @param certificates what the node shows to clients and asks of them
   * @param login which part of a client's certificate names the user
   */
  public record Encrypted(int port, TlsSettings certificates, CertificateLogin login) {}

  /** With other users. */
  public AmqpSecurity withUsers(List<ConfiguredUser> others) {
    return new AmqpSecurity(others, loopbackUsers, plaintext, tls);
  }

  /** With an encrypted port beside the one in the clear, or alone. */
  public AmqpSecurity withTls(Encrypted port, boolean clearToo) {
    return new AmqpSecurity(users, loopbackUsers, clearToo, port);
  }
}
