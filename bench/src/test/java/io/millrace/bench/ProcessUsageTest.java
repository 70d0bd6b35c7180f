package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessUsageTest {

  private final ProcessUsage own = new ProcessUsage(ProcessHandle.current().pid());

  @Test
  void workShowsAsCpuSecondsOfTheProcess() {
    double before = own.cpuSeconds();
    long sum = 0;
    while (own.cpuSeconds() < before + 0.05) {
      for (int i = 0; i < 1_000_000; i++) {
        sum += i ^ sum;
      }
    }
    assertThat(own.cpuSeconds()).as("after work that gave " + sum).isGreaterThan(before);
  }

  @Test
  void theLargestResidentMemoryIsAtLeastThePresentOne() {
    double resident = own.residentMebibytes();
    assertThat(resident).isPositive();
    assertThat(own.peakResidentMebibytes()).isGreaterThanOrEqualTo(resident * 0.9);
  }
}
