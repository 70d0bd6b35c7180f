package io.millrace.amqp.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.amqp.NodeFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients in other languages, unmodified. */
class OtherClientsTest {

  private static final Path SCRIPTS =
      Path.of(System.getProperty("project.root", ".."), "amqp", "src", "test", "interop");
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() {
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String run(String... command) throws Exception {
    try (ClientProcess client = ClientProcess.start(folder, List.of(command))) {
      return client.await().strip();
    }
  }

  @Test
  void pika() throws Exception {
    ClientProcess.requireInstalled(PYTHON, "-c", "import pika");
    assertThat(
            run(
                PYTHON,
                SCRIPTS.resolve("pika_roundtrip.py").toString(),
                Integer.toString(node.port()),
                "500"))
        .isEqualTo(
            "{\"inOrder\": true, \"headersRight\": true, \"unroutable\": true, \"routed\":"
                + " \"routed\", \"code\": 404}");
  }

  @Test
  void amqplib() throws Exception {
    ClientProcess.requireInstalled("node", "--version");
    assumeTrue(
        Files.isDirectory(SCRIPTS.resolve("node_modules/amqplib")), "amqplib is not installed");
    assertThat(
            run(
                "node",
                SCRIPTS.resolve("amqplib-roundtrip.js").toString(),
                Integer.toString(node.port()),
                "500"))
        .isEqualTo(
            "{\"inOrder\":true,\"routed\":\"red\",\"rest\":true,\"answer\":\"hello!\",\"code\":404}");
  }
}
