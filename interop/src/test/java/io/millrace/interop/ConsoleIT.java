package io.millrace.interop;

import static io.millrace.interop.KafkaTool.CONSOLE_CONSUMER;
import static io.millrace.interop.KafkaTool.CONSOLE_PRODUCER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kafka-console-producer} writes lines, {@code kafka-console-consumer} prints them. */
@ExtendWith(SharedNode.class)
class ConsoleIT {

  @Test
  void keysHeadersAndNullsComeOutAsTheyWentIn(Tools tools) throws IOException {
    tools
        .callWith(
            "source:web,user:7\tk1\tfirst\nsource:app\tk2\tsecond\nsource:app\tk3\tNOTHING\n",
            CONSOLE_PRODUCER,
            "--topic",
            "headed",
            "--reader-property",
            "parse.key=true",
            "--reader-property",
            "parse.headers=true",
            "--reader-property",
            "null.marker=NOTHING")
        .succeeded();
    assertThat(
            tools
                .call(
                    CONSOLE_CONSUMER,
                    "--topic",
                    "headed",
                    "--from-beginning",
                    "--max-messages",
                    "3",
                    "--formatter-property",
                    "print.key=true",
                    "--formatter-property",
                    "print.headers=true",
                    "--formatter-property",
                    "print.partition=true",
                    "--formatter-property",
                    "print.offset=true",
                    "--formatter-property",
                    "null.literal=NULL")
                .succeeded()
                .lines())
        .containsExactly(
            "Partition:0\tOffset:0\tsource:web,user:7\tk1\tfirst",
            "Partition:0\tOffset:1\tsource:app\tk2\tsecond",
            "Partition:0\tOffset:2\tsource:app\tk3\tNULL");
    assertThat(
            tools
                .call(
                    CONSOLE_CONSUMER,
                    "--topic",
                    "headed",
                    "--partition",
                    "0",
                    "--offset",
                    "1",
                    "--max-messages",
                    "1")
                .succeeded()
                .lines())
        .containsExactly("second");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
  void linesOfEveryCompressionComeOutAsTheyWentIn(String codec, Tools tools) throws IOException {
    String topic = "lines-" + codec;
    tools
        .callWith(
            "one\ntwo\nthree\n", CONSOLE_PRODUCER, "--topic", topic, "--compression-codec", codec)
        .succeeded();
    assertThat(
            tools
                .call(
                    CONSOLE_CONSUMER,
                    "--include",
                    "lines-" + codec.charAt(0) + ".*",
                    "--isolation-level",
                    "read_committed",
                    "--from-beginning",
                    "--max-messages",
                    "3",
                    "--command-property",
                    "group.protocol=consumer")
                .succeeded()
                .lines())
        .containsExactly("one", "two", "three");
  }
}
