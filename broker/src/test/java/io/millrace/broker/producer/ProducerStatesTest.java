package io.millrace.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerStatesTest {

  private static final short FIRST = 0;

  @TempDir Path folder;

  @Test
  void anUnknownProducerThatDoesNotBeginAtZeroIsToStartAnew() {
    ProducerStates states = new ProducerStates(10, () -> 1000);
    assertThatThrownBy(() -> states.check(1, FIRST, 3, 4))
        .isInstanceOfSatisfying(
            BrokerException.class,
            e -> assertThat(e.error()).isEqualTo(BrokerError.UNKNOWN_PRODUCER));
  }

  @Test
  void aProducerThatWasForgottenMayGoOn() {
    ProducerStates states = new ProducerStates(10, () -> 1000);
    states.appended(1, FIRST, 0, 4, 0, -1, 0);
    assertThat(states.expire(999)).isZero();
    assertThat(states.expire(1000)).isEqualTo(1);
    assertThat(states.check(1, FIRST, 5, 6)).isNull();
  }

  @Test
  void whenThereAreTooManyThoseSilentForLongestAreForgotten() {
    ProducerStates states = new ProducerStates(20, () -> 1000);
    for (int i = 0; i < 21; i++) {
      states.appended(i, FIRST, 0, 0, i, -1, i);
    }
    assertThat(states.count()).isEqualTo(19);
    assertThat(states.check(20, FIRST, 0, 0)).isNotNull();
    assertThat(states.check(2, FIRST, 0, 0)).isNotNull();
    assertThat(states.check(0, FIRST, 0, 0)).isNull();
  }

  @Test
  void aDamagedSnapshotIsNotBelieved() throws Exception {
    ProducerStates states = new ProducerStates(10, () -> 1000);
    states.appended(1, FIRST, 0, 4, 0, -1, 0);
    ProducerSnapshot.write(folder, states, 5, false);
    byte[] bytes = Files.readAllBytes(folder.resolve(ProducerSnapshot.FILE_NAME));
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      Files.write(folder.resolve(ProducerSnapshot.FILE_NAME), damaged);
      assertThat(ProducerSnapshot.read(folder, new ProducerStates(10, () -> 1000))).isEqualTo(-1);
    }
  }
}
