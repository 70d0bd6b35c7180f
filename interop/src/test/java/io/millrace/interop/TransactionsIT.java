package io.millrace.interop;

import static io.millrace.interop.KafkaTool.TRANSACTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code kafka-transactions} shows what is open, and ends it. */
@ExtendWith(SharedNode.class)
class TransactionsIT {

  private static Program.Result call(Tools tools, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("--bootstrap-server", tools.bootstrap()));
    all.addAll(List.of(arguments));
    return Program.run(TRANSACTIONS.mainClass, "", all);
  }

  @Test
  void anOpenTransactionIsShownAndAborted(Tools tools) throws Exception {
    Setup.create(tools.bootstrap(), "payments", 1);
    Setup.write(tools.bootstrap(), "payments", 0, "before");
    try (Producer<String, String> producer =
        Setup.producer(tools.bootstrap(), "transactional.id=teller")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("payments", 0, null, "open")).get();

      assertThat(call(tools, "list").succeeded()).containsPattern("teller\\s+1\\s+\\d+\\s+Ongoing");
      assertThat(call(tools, "describe", "--transactional-id", "teller").succeeded())
          .containsPattern("1\\s+teller\\s+\\d+\\s+\\d+\\s+Ongoing\\s+60000\\s.*payments-0");
      assertThat(
              call(tools, "describe-producers", "--topic", "payments", "--partition", "0")
                  .succeeded())
          .as("the transaction began at offset 1")
          .containsPattern("\\d+\\s+\\d+\\s+-?\\d+\\s+0\\s+\\d{13}\\s+1\\s");
      assertThat(call(tools, "find-hanging", "--broker-id", "1").succeeded().lines())
          .as("one that its coordinator knows does not hang")
          .noneMatch(line -> line.contains("payments"));

      call(tools, "abort", "--topic", "payments", "--partition", "0", "--start-offset", "1")
          .succeeded();
      assertThat(
              call(tools, "describe-producers", "--topic", "payments", "--partition", "0")
                  .succeeded())
          .as("no transaction is open")
          .containsPattern("\\s\\d{13}\\s+None");
      assertThat(Setup.values(tools.bootstrap(), "payments")).containsExactly("before");
    }
  }
}
