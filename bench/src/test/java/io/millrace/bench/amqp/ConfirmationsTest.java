package io.millrace.bench.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfirmationsTest {

  private final Confirmations confirmations = new Confirmations();

  @Test
  void aConfirmOfAllBeforeCountsThoseOnceThatWereConfirmedAlone() {
    confirmations.acknowledged(3, false);
    confirmations.acknowledged(1, false);
    assertThat(confirmations.count()).isEqualTo(2);
    assertThat(confirmations.allUpTo()).isEqualTo(1);
    confirmations.acknowledged(5, true);
    assertThat(confirmations.count()).isEqualTo(5);
    assertThat(confirmations.allUpTo()).isEqualTo(5);
  }

  @Test
  void aGapThatIsFilledJoinsWhatCameAfterIt() {
    confirmations.acknowledged(2, false);
    confirmations.acknowledged(3, false);
    assertThat(confirmations.allUpTo()).isZero();
    confirmations.acknowledged(1, false);
    assertThat(confirmations.allUpTo()).isEqualTo(3);
  }
}
