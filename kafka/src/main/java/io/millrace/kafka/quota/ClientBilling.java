package io.millrace.kafka.quota;

import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.security.Principal;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the accounts that a connection's requests are charged to, and remembers them until the
 * limits, the principal or the client's name change: a request of a connection as usual costs a
 * comparison of its client's name. While no client has a limit it costs two reads.
 *
 * <p>Confined to the connection's event loop.
 */
public final class ClientBilling {

  private final QuotaAccounts quotas;
  private @Nullable ClientQuotas limits;
  private @Nullable Object generation;
  private @Nullable Principal principal;
  private byte[] clientId = {};
  private ClientAccounts accounts = ClientAccounts.NONE;

  /** Of one connection. */
  public ClientBilling(QuotaAccounts quotas) {
    this.quotas = quotas;
  }

  /** All accounts. */
  public QuotaAccounts quotas() {
    return quotas;
  }

  /**
   * The bill for a request that is about to be handled.
   *
   * @param frame holds the client's name at {@code index}, {@code length} bytes, which may be less
   *     than 0 for none
   * @return null while no client has a limit, and neither memory nor disk run out
   */
  public @Nullable RequestBill bill(Principal who, ByteBuf frame, int index, int length) {
    ClientQuotas now = quotas.quotas();
    if (!now.limitsClients() && !quotas.areResourcesLow()) {
      return null;
    }
    if (!isSame(now, quotas.generation())
        || !who.equals(principal)
        || !isNamed(frame, index, Math.max(0, length))) {
      lookUp(now, who, frame, index, Math.max(0, length));
    }
    return new RequestBill(quotas, accounts);
  }

  @SuppressWarnings("ReferenceEquality") // the same object is the same limits, at no cost
  private boolean isSame(ClientQuotas now, Object presentGeneration) {
    return now == limits && presentGeneration == generation;
  }

  private boolean isNamed(ByteBuf frame, int index, int length) {
    if (clientId.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (clientId[i] != frame.getByte(index + i)) {
        return false;
      }
    }
    return true;
  }

  private void lookUp(ClientQuotas now, Principal who, ByteBuf frame, int index, int length) {
    byte[] name = new byte[length];
    frame.getBytes(index, name);
    // Before the look-up: accounts that are closed meanwhile are looked up again next time.
    generation = quotas.generation();
    accounts = quotas.of(now, who.name(), new String(name, StandardCharsets.UTF_8));
    limits = now;
    principal = who;
    clientId = name;
  }
}
