package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONSUMER_PERF_TEST;
import static io.millrace.interop.KafkaTool.E2E_LATENCY;
import static io.millrace.interop.KafkaTool.PRODUCER_PERF_TEST;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kafka's own tools that measure run to their end and count what they should. */
@ExtendWith(SharedNode.class)
class PerformanceToolsIT {

  @Test
  void recordsAreProducedWithAndWithoutTransactionsAndConsumed(Tools tools) throws IOException {
    assertThat(
            tools
                .call(
                    PRODUCER_PERF_TEST,
                    "--topic",
                    "measured",
                    "--num-records",
                    "20000",
                    "--record-size",
                    "200",
                    "--throughput",
                    "-1")
                .succeeded())
        .contains("20000 records sent");
    assertThat(
            tools
                .call(
                    PRODUCER_PERF_TEST,
                    "--topic",
                    "measured",
                    "--num-records",
                    "5000",
                    "--record-size",
                    "200",
                    "--throughput",
                    "-1",
                    "--transactional-id",
                    "measuring",
                    "--transaction-duration-ms",
                    "50")
                .succeeded())
        .contains("5000 records sent");
    assertThat(
            tools
                .call(CONSUMER_PERF_TEST, "--topic", "measured", "--num-records", "25000")
                .succeeded())
        .containsPattern(", 25000, ");
  }

  @Test
  void latencyFromEndToEndIsMeasured(Tools tools) throws IOException {
    assertThat(
            tools
                .call(
                    E2E_LATENCY,
                    "--topic",
                    "there-and-back",
                    "--num-records",
                    "100",
                    "--producer-acks",
                    "all",
                    "--record-size",
                    "100")
                .succeeded())
        .contains("Avg latency:")
        .contains("Percentiles:");
  }
}
