package io.millrace.kafka.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaServer;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client whose node has stopped is told so by the end of its connection, at once. */
class ServerCloseTest {

  private static final int ROUNDS = 40;
  private static final int CLIENTS = 6;

  @TempDir Path folder;

  @Test
  void noConnectionOutlivesTheServerHoweverBusyItsEventLoopIs() throws Exception {
    KafkaSettings settings = KafkaSettings.defaults().withEventLoops(1).listenOn("127.0.0.1", 0);
    byte[] request =
        RawClient.frame(ApiKeys.API_VERSIONS, (short) 0, 0, new ApiVersionsRequestData());
    try (NodeFixture node = new NodeFixture(folder)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<RawClient> clients = new ArrayList<>();
        try (KafkaServer server = KafkaServer.bind(node.broker(), settings)) {
          for (int i = 0; i < CLIENTS; i++) {
            RawClient client = new RawClient(server.port());
            clients.add(client);
            client.send(request);
            client.answer(ApiKeys.API_VERSIONS, (short) 0, 0);
            if (i % 2 == 0) {
              Thread unused = Thread.ofVirtual().start(() -> keepAsking(client, request));
            }
          }
        }
        for (int i = 1; i < CLIENTS; i += 2) {
          assertThat(clients.get(i).isClosedByPeer()).as("round %d", round).isTrue();
        }
        for (RawClient client : clients) {
          client.close();
        }
      }
    }
  }

  private static void keepAsking(RawClient client, byte[] request) {
    try {
      for (int i = 0; i < 100_000; i++) {
        client.send(request);
        client.answer(ApiKeys.API_VERSIONS, (short) 0, 0);
      }
    } catch (IOException e) {
      // The server has gone.
    }
  }
}
