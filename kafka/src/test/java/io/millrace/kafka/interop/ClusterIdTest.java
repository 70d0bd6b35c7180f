package io.millrace.kafka.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.NodeFixture;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients tell one cluster from another by its id. */
class ClusterIdTest {

  @TempDir Path folder;

  private String idOf(String data) throws Exception {
    try (NodeFixture node = new NodeFixture(folder.resolve(data));
        Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrap()))) {
      return admin.describeCluster().clusterId().get();
    }
  }

  @Test
  void aNodeKeepsItsIdAndSharesItWithNoOther() throws Exception {
    String id = idOf("one");
    assertThat(id).hasSize(22);
    assertThat(idOf("one")).isEqualTo(id);
    assertThat(idOf("another")).isNotEqualTo(id);
  }
}
