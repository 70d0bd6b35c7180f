package io.millrace.interop;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Streams counts words exactly once, whoever is killed: the application or the node. */
class StreamsIT {

  private static final int KILLS_OF_THE_APPLICATION = 3;
  private static final int LINES_BEFORE_A_KILL = 1000;

  @TempDir private Path folder;

  @Test
  void everyWordIsCountedOnceThroughKillsOfTheApplicationAndTheNode() throws Exception {
    MillraceNode node = MillraceNode.start(folder.resolve("data"));
    String bootstrap = node.bootstrap();
    try (CountedWords words = new CountedWords(bootstrap)) {
      for (int kill = 0; kill < KILLS_OF_THE_APPLICATION; kill++) {
        try (Program program = start(bootstrap)) {
          words.write(LINES_BEFORE_A_KILL);
          words.awaitMore(LINES_BEFORE_A_KILL / 2, program);
        }
      }
      try (Program program = start(bootstrap)) {
        words.write(LINES_BEFORE_A_KILL);
        words.awaitMore(LINES_BEFORE_A_KILL / 2, program);
        node.close();
        node = MillraceNode.startOn(node.port(), folder.resolve("data"));
        words.awaitAll(program);
      }
      words.assertExact();
    } finally {
      node.close();
    }
  }

  private Program start(String bootstrap) throws IOException {
    return Program.start(
        WordCount.class,
        bootstrap,
        folder.resolve("state").toString(),
        "classic",
        // A killed instance is missed soon.
        "consumer.session.timeout.ms=6000",
        "consumer.heartbeat.interval.ms=500",
        "num.stream.threads=2");
  }
}
