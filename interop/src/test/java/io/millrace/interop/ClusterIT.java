package io.millrace.interop;

import static io.millrace.interop.KafkaTool.BROKER_API_VERSIONS;
import static io.millrace.interop.KafkaTool.CLUSTER;
import static io.millrace.interop.KafkaTool.DELETE_RECORDS;
import static io.millrace.interop.KafkaTool.GET_OFFSETS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The tools that ask a cluster what it is and what it holds. */
@ExtendWith(SharedNode.class)
class ClusterIT {

  @Test
  void everyVersionThatIsAnnouncedIsUsableByTheTool(Tools tools) throws Exception {
    assertThat(tools.call(BROKER_API_VERSIONS).succeeded())
        .contains("Produce(0): ")
        .contains("Fetch(1): ")
        .contains("ConsumerGroupHeartbeat(68): ")
        .doesNotContain("UNSUPPORTED [");
  }

  @Test
  void theClusterHasAnIdAndAnEndpoint(Tools tools) throws Exception {
    String bootstrap = tools.bootstrap();
    assertThat(
            Program.run(
                    CLUSTER.mainClass, "", List.of("cluster-id", "--bootstrap-server", bootstrap))
                .succeeded())
        .containsPattern("Cluster ID: \\S{22}");
    assertThat(
            Program.run(
                    CLUSTER.mainClass,
                    "",
                    List.of("list-endpoints", "--bootstrap-server", bootstrap))
                .succeeded())
        .containsPattern("1\\s+127\\.0\\.0\\.1\\s+\\d+\\s+null\\s+unfenced\\s+broker");
  }

  @Test
  void recordsAreDeletedUpToAnOffset(Tools tools, @TempDir Path folder) throws Exception {
    Setup.create(tools.bootstrap(), "shortened", 2);
    Setup.write(tools.bootstrap(), "shortened", 0, "a", "b", "c");
    Setup.write(tools.bootstrap(), "shortened", 1, "d");
    assertThat(tools.call(GET_OFFSETS, "--topic", "shortened").succeeded().lines())
        .containsExactlyInAnyOrder("shortened:0:3", "shortened:1:1");

    Path request =
        Files.writeString(
            folder.resolve("request.json"),
            """
            {"version": 1, "partitions": [{"topic": "shortened", "partition": 0, "offset": 2}]}
            """);
    assertThat(tools.call(DELETE_RECORDS, "--offset-json-file", request.toString()).succeeded())
        .containsPattern("partition: shortened-0\\s+low_watermark: 2");

    assertThat(
            tools
                .call(GET_OFFSETS, "--topic-partitions", "shortened:0", "--time", "earliest")
                .succeeded()
                .strip())
        .isEqualTo("shortened:0:2");
    assertThat(
            tools
                .call(GET_OFFSETS, "--topic", "shortened", "--time", "max-timestamp")
                .succeeded()
                .lines())
        .contains("shortened:0:2", "shortened:1:0");
  }
}
