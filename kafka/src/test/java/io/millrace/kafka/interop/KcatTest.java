package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.NodeFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kcat, and so librdkafka, unmodified. */
class KcatTest {

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeAll
  static void kcatIsInstalled() {
    ClientProcess.requireInstalled("kcat", "-V");
  }

  @BeforeEach
  void start() {
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String kcat(String input, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 3];
    command[0] = "kcat";
    command[1] = "-b";
    command[2] = node.bootstrap();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return ClientProcess.run(folder, input, command);
  }

  @Test
  void listsTheNodeAndItsTopics() throws IOException {
    kcat("one\n", "-P", "-t", "orders");

    assertThat(kcat("", "-L"))
        .contains("1 brokers", "topic \"orders\" with", "partition 0, leader 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void readsBackWhatItWrote(String codec) throws IOException {
    String lines =
        IntStream.range(0, 5000)
            .mapToObj(i -> "key" + i % 10 + "\tvalue " + i)
            .collect(Collectors.joining("\n", "", "\n"));

    kcat(lines, "-P", "-t", "orders", "-p", "0", "-K", "\t", "-z", codec, "-H", "from=kcat");

    String read =
        kcat("", "-C", "-t", "orders", "-p", "0", "-e", "-q", "-K", "\t", "-o", "beginning");
    assertThat(read).isEqualTo(lines);
    assertThat(
            kcat("", "-C", "-t", "orders", "-p", "0", "-e", "-q", "-c", "1", "-f", "%h %o %k\\n"))
        .isEqualTo("from=kcat 0 key0\n");
  }

  @Test
  void readsFromAnOffsetAndFromATime() throws IOException {
    kcat("a\nb\nc\n", "-P", "-t", "orders", "-p", "0");

    assertThat(kcat("", "-C", "-t", "orders", "-p", "0", "-e", "-q", "-o", "1"))
        .isEqualTo("b\nc\n");
    assertThat(kcat("", "-C", "-t", "orders", "-p", "0", "-e", "-q", "-o", "-1")).isEqualTo("c\n");
    assertThat(kcat("", "-Q", "-t", "orders:0:0")).contains("orders [0] offset 0");
  }

  @Test
  void readsInAGroupAndGoesOnWhereTheGroupStopped() throws IOException {
    kcat("a\nb\nc\n", "-P", "-t", "orders", "-p", "0");

    String[] group = {"-q", "-e", "-X", "auto.offset.reset=earliest", "-G", "readers", "orders"};
    assertThat(kcat("", group)).isEqualTo("a\nb\nc\n");
    kcat("d\n", "-P", "-t", "orders", "-p", "0");
    assertThat(kcat("", group)).isEqualTo("d\n");
  }

  @Test
  void writesIdempotently() throws IOException {
    kcat("a\nb\n", "-P", "-t", "orders", "-p", "0", "-X", "enable.idempotence=true");

    assertThat(kcat("", "-C", "-t", "orders", "-p", "0", "-e", "-q")).isEqualTo("a\nb\n");
  }
}
