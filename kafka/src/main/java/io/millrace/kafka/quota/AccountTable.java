package io.millrace.kafka.quota;

import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.ClientQuotas.Match;
import io.millrace.core.Clock;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The accounts of one kind of quota by their holders: at most so many. When there are too many,
 * those that are idle go (looked for once per window at most); when none is, all further holders
 * share one account, so that a client that takes ever new names gains nothing by it.
 *
 * @param <A> the kind of account
 */
abstract class AccountTable<A> {

  private static final ClientQuotaEntity EVERYBODY_ELSE =
      new ClientQuotaEntity(ClientQuotaEntity.DEFAULT, ClientQuotaEntity.DEFAULT, null);

  private final int most;
  private final Clock clock;
  private final long sweepNanos;
  private final Map<ClientQuotaEntity, A> accounts = new ConcurrentHashMap<>();
  private long sweptNanos;

  AccountTable(int most, QuotaSettings settings, Clock clock) {
    this.most = most;
    this.clock = clock;
    this.sweepNanos = settings.window().toNanos();
    this.sweptNanos = clock.nanos() - sweepNanos;
  }

  /** A new account. */
  abstract A open(ClientQuotaEntity holder, double limit);

  abstract void limit(A account, double limit);

  abstract boolean isIdle(A account);

  /** An account has gone from the table. */
  abstract void closed(A account);

  /** The holder's account, with that limit from now on. */
  final A of(Match match) {
    A account = accounts.get(match.holder());
    if (account == null) {
      account = find(match);
    }
    limit(account, match.limit());
    return account;
  }

  private synchronized A find(Match match) {
    if (accounts.size() >= most && clock.nanos() - sweptNanos >= sweepNanos) {
      sweptNanos = clock.nanos();
      for (Iterator<A> all = accounts.values().iterator(); all.hasNext(); ) {
        A account = all.next();
        if (isIdle(account)) {
          all.remove();
          closed(account);
        }
      }
    }
    ClientQuotaEntity holder = accounts.size() < most ? match.holder() : EVERYBODY_ELSE;
    return accounts.computeIfAbsent(holder, each -> open(each, match.limit()));
  }

  final Map<ClientQuotaEntity, A> all() {
    return accounts;
  }
}
