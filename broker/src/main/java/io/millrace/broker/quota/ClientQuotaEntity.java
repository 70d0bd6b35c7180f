package io.millrace.broker.quota;

import org.jspecify.annotations.Nullable;

/**
 * Whose quota it is: a user, a client id, both together, or an address. Each name may be {@link
 * #DEFAULT}, which stands for all that have no quota by their own name.
 *
 * @param user name of a principal, or null when it does not matter
 * @param clientId the name that a client gives itself, or null when it does not matter
 * @param ip an address as {@link java.net.InetAddress#getHostAddress} writes it; then alone
 */
public record ClientQuotaEntity(
    @Nullable String user, @Nullable String clientId, @Nullable String ip) {

  /** Everybody without a quota by name. Nobody's name is empty. */
  public static final String DEFAULT = "";

  /** Checks that it is somebody, and one kind of somebody. */
  public ClientQuotaEntity {
    boolean client = user != null || clientId != null;
    if (client == (ip != null)) {
      throw new IllegalArgumentException(
          "a quota is for a user, a client id or both, or for an address");
    }
  }

  /** Of a user with any client. */
  public static ClientQuotaEntity ofUser(String user) {
    return new ClientQuotaEntity(user, null, null);
  }

  /** Of a client of any user. */
  public static ClientQuotaEntity ofClient(String clientId) {
    return new ClientQuotaEntity(null, clientId, null);
  }

  /** Of a user's client. */
  public static ClientQuotaEntity of(String user, String clientId) {
    return new ClientQuotaEntity(user, clientId, null);
  }

  /** Of an address. */
  public static ClientQuotaEntity ofIp(String ip) {
    return new ClientQuotaEntity(null, null, ip);
  }

  /**
   * The one who is meant when this entity's quota counts for a client: the same with the client's
   * names in the places that this one has.
   */
  public ClientQuotaEntity holder(String forUser, String forClientId) {
    return new ClientQuotaEntity(
        user == null ? null : forUser, clientId == null ? null : forClientId, ip);
  }
}
