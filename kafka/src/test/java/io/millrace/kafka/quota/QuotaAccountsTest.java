package io.millrace.kafka.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.security.Principal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuotaAccountsTest {

  private static final Principal ALICE = Principal.user("alice");

  private final ManualClock clock = new ManualClock();
  private ClientQuotas quotas = ClientQuotas.NONE;
  private final QuotaAccounts accounts =
      new QuotaAccounts(() -> quotas, () -> false, QuotaSettings.DEFAULT, clock, 4);
  private final ClientBilling billing = new ClientBilling(accounts);

  private void limit(ClientQuotaEntity entity, QuotaKey key, double limit) {
    quotas = new ClientQuotas(Map.of(entity, Map.of(key, limit)));
  }

  private RequestBill bill(String client) {
    ByteBuf name = Unpooled.copiedBuffer(client, StandardCharsets.UTF_8);
    return Objects.requireNonNull(billing.bill(ALICE, name, 0, name.readableBytes()));
  }

  @Test
  void nothingIsLookedUpWhileNobodyHasALimit() {
    ByteBuf name = Unpooled.copiedBuffer("app", StandardCharsets.UTF_8);
    assertThat(billing.bill(ALICE, name, 0, 3)).isNull();
    assertThat(accounts.connectionFrom("10.0.0.1")).isZero();
    assertThat(accounts.lookUps()).isZero();

    limit(ClientQuotaEntity.ofIp("10.0.0.2"), QuotaKey.CONNECTION_CREATION_RATE, 1);
    assertThat(billing.bill(ALICE, name, 0, 3)).isNull();
    assertThat(accounts.lookUps()).isZero();
  }

  @Test
  void aConnectionLooksItsAccountsUpOnce() {
    limit(ClientQuotaEntity.ofUser("alice"), QuotaKey.PRODUCER_BYTE_RATE, 1000);
    IntStream.range(0, 100).forEach(i -> bill("app").chargeProduce(1));
    assertThat(accounts.lookUps()).isEqualTo(1);
    bill("other");
    assertThat(accounts.lookUps()).isEqualTo(2);
    limit(ClientQuotaEntity.ofUser("alice"), QuotaKey.PRODUCER_BYTE_RATE, 2000);
    bill("other");
    assertThat(accounts.lookUps()).isEqualTo(3);
  }

  @Test
  void aProducerIsHeldBackUntilItsRateIsThatOfItsQuota() {
    limit(ClientQuotaEntity.ofClient("app"), QuotaKey.PRODUCER_BYTE_RATE, 1000);
    assertThat(bill("app").chargeProduce(10_000)).isZero();
    // 20,000 bytes in a window of ten seconds are twice what is allowed: ten seconds too many.
    assertThat(bill("app").chargeProduce(10_000)).isEqualTo(10_000);
    assertThat(accounts.metrics().times(QuotaKey.PRODUCER_BYTE_RATE)).isEqualTo(1);
    assertThat(accounts.metrics().millis(QuotaKey.PRODUCER_BYTE_RATE)).isEqualTo(10_000);
    clock.pass(Duration.ofSeconds(11));
    assertThat(bill("app").chargeProduce(0)).isZero();
    assertThat(bill("another").chargeProduce(10_000_000)).isZero();
  }

  @Test
  void noChargeIsLostBetweenThreads() {
    RateAccount account = new RateAccount(1e9, QuotaSettings.DEFAULT, clock);
    IntStream.range(0, 100_000).parallel().forEach(i -> account.charge(1));
    assertThat(account.charge(0)).isZero();
    assertThat(account.rate()).isEqualTo(10_000);
  }

  @Test
  void aProducerThatWaitsAsItIsToldKeepsItsRate() {
    limit(ClientQuotaEntity.ofClient("app"), QuotaKey.PRODUCER_BYTE_RATE, 50_000);
    long start = clock.nanos();
    long sent = 0;
    while (clock.nanos() - start < Duration.ofMinutes(10).toNanos()) {
      sent += 16_384;
      int throttle = bill("app").chargeProduce(16_384);
      clock.pass(Duration.ofMillis(1 + throttle));
    }
    double seconds = (clock.nanos() - start) / 1e9;
    assertThat(sent / seconds).isBetween(45_000.0, 51_000.0);
  }

  @Test
  void anAnswerThatIsTooLongIsNotChargedSinceItIsNotSent() {
    limit(ClientQuotaEntity.ofUser(""), QuotaKey.CONSUMER_BYTE_RATE, 1000);
    assertThat(bill("app").mostFetchBytes()).isEqualTo(10_000);
    assertThat(bill("app").chargeFetch(9000)).isZero();
    assertThat(bill("app").chargeFetch(9000)).isEqualTo(8000);
    assertThat(bill("app").chargeFetch(1000)).isZero();
  }

  @Test
  void timeAboveTheShareHoldsBackForOneWindowAtMost() {
    limit(ClientQuotaEntity.ofUser("alice"), QuotaKey.REQUEST_PERCENTAGE, 1);
    RequestBill bill = bill("app");
    clock.pass(Duration.ofSeconds(2));
    bill.handled();
    clock.pass(Duration.ofSeconds(5));
    assertThat(bill.chargeTime()).isEqualTo(1000);
    assertThat(bill.chargeTime()).isEqualTo(1000);
    assertThat(accounts.metrics().times(QuotaKey.REQUEST_PERCENTAGE)).isEqualTo(1);
  }

  @Test
  void changesAreRefusedWhileTheBucketIsOverdrawn() {
    limit(ClientQuotaEntity.ofUser("alice"), QuotaKey.CONTROLLER_MUTATION_RATE, 1);
    RequestBill bill = bill("app");
    assertThat(bill.mayChange(21, true)).isTrue();
    assertThat(bill.throttleMillis()).isEqualTo(10_000);
    assertThat(bill("app").mayChange(1, true)).isFalse();
    assertThat(bill("app").mayChange(1, false)).isTrue();
    clock.pass(Duration.ofSeconds(11));
    assertThat(bill("app").mayChange(1, true)).isTrue();
  }

  @Test
  void anAddressThatConnectsTooOftenIsToldToWait() {
    limit(ClientQuotaEntity.ofIp(""), QuotaKey.CONNECTION_CREATION_RATE, 1);
    IntStream.range(0, 10).forEach(i -> assertThat(accounts.connectionFrom("10.0.0.1")).isZero());
    assertThat(accounts.connectionFrom("10.0.0.1")).isEqualTo(1000);
    assertThat(accounts.connectionFrom("10.0.0.2")).isZero();
    clock.pass(Duration.ofSeconds(11));
    assertThat(accounts.connectionFrom("10.0.0.1")).isZero();
  }

  @Test
  void whoTakesEverNewNamesSharesOneAccountInTheEnd() {
    limit(ClientQuotaEntity.ofClient(""), QuotaKey.PRODUCER_BYTE_RATE, 1000);
    IntStream.range(0, 4).forEach(i -> assertThat(bill("c" + i).chargeProduce(9000)).isZero());
    assertThat(bill("c4").chargeProduce(9000)).isZero();
    assertThat(bill("c5").chargeProduce(9000)).isPositive();
    // The first four have gone when they have been quiet for as long as use counts.
    clock.pass(Duration.ofSeconds(12));
    assertThat(bill("c6").chargeProduce(9000)).isZero();
    assertThat(bill("c7").chargeProduce(9000)).isZero();
  }

  @Test
  void theRateOfEachClientWithALimitIsPublished() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    QuotaMeters.bind(accounts, registry);
    limit(ClientQuotaEntity.ofClient(""), QuotaKey.PRODUCER_BYTE_RATE, 1000);
    bill("app").chargeProduce(5000);
    assertThat(
            registry
                .get("millrace.kafka.quota.rate")
                .tag("quota", "producer_byte_rate")
                .tag("client", "app")
                .gauge()
                .value())
        .isEqualTo(500);
  }
}
