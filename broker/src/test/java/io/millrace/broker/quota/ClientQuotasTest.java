package io.millrace.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientQuotasTest {

  private static final QuotaKey KEY = QuotaKey.PRODUCER_BYTE_RATE;

  /** All entities whose quota can count for alice's client "app", the most particular one first. */
  private static final List<ClientQuotaEntity> IN_ORDER =
      List.of(
          ClientQuotaEntity.of("alice", "app"),
          ClientQuotaEntity.of("alice", ""),
          ClientQuotaEntity.ofUser("alice"),
          ClientQuotaEntity.of("", "app"),
          ClientQuotaEntity.of("", ""),
          ClientQuotaEntity.ofUser(""),
          ClientQuotaEntity.ofClient("app"),
          ClientQuotaEntity.ofClient(""));

  @Test
  void theMostParticularQuotaCounts() {
    List<ClientQuotaEntity> left = new ArrayList<>(IN_ORDER);
    while (!left.isEmpty()) {
      Map<ClientQuotaEntity, Map<QuotaKey, Double>> all = new HashMap<>();
      left.forEach(entity -> all.put(entity, Map.of(KEY, 1.0 + IN_ORDER.indexOf(entity))));
      ClientQuotaEntity first = left.getFirst();
      assertThat(new ClientQuotas(all).find(KEY, "alice", "app"))
          .isEqualTo(
              new ClientQuotas.Match(first.holder("alice", "app"), 1.0 + IN_ORDER.indexOf(first)));
      left.removeFirst();
    }
  }

  @Test
  void aDefaultQuotaIsEachOnesOwn() {
    ClientQuotas quotas =
        new ClientQuotas(
            Map.of(
                ClientQuotaEntity.ofUser(""),
                Map.of(KEY, 10.0),
                ClientQuotaEntity.of("bob", ""),
                Map.of(KEY, 5.0)));
    assertThat(quotas.find(KEY, "alice", "a"))
        .isEqualTo(new ClientQuotas.Match(ClientQuotaEntity.ofUser("alice"), 10));
    assertThat(quotas.find(KEY, "bob", "a"))
        .isEqualTo(new ClientQuotas.Match(ClientQuotaEntity.of("bob", "a"), 5));
  }

  @Test
  void limitsOfOneKindSayNothingOfAnother() {
    ClientQuotas quotas =
        new ClientQuotas(
            Map.of(
                ClientQuotaEntity.of("alice", "app"),
                Map.of(QuotaKey.CONSUMER_BYTE_RATE, 1.0),
                ClientQuotaEntity.ofClient(""),
                Map.of(KEY, 7.0)));
    assertThat(quotas.find(KEY, "alice", "app"))
        .isEqualTo(new ClientQuotas.Match(ClientQuotaEntity.ofClient("app"), 7));
    assertThat(quotas.find(QuotaKey.REQUEST_PERCENTAGE, "alice", "app")).isNull();
  }

  @Test
  void anAddressHasItsOwnQuotaOrTheDefault() {
    ClientQuotas quotas =
        new ClientQuotas(
            Map.of(
                ClientQuotaEntity.ofIp(""),
                Map.of(QuotaKey.CONNECTION_CREATION_RATE, 10.0),
                ClientQuotaEntity.ofIp("10.0.0.1"),
                Map.of(QuotaKey.CONNECTION_CREATION_RATE, 1.0)));
    assertThat(quotas.findIp("10.0.0.1"))
        .isEqualTo(new ClientQuotas.Match(ClientQuotaEntity.ofIp("10.0.0.1"), 1));
    assertThat(quotas.findIp("10.0.0.2"))
        .isEqualTo(new ClientQuotas.Match(ClientQuotaEntity.ofIp("10.0.0.2"), 10));
    assertThat(quotas.limitsClients()).isFalse();
    assertThat(ClientQuotas.NONE.findIp("10.0.0.1")).isNull();
  }
}
