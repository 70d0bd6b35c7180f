package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.quota.ClientQuotaEntity;
import io.millrace.broker.quota.QuotaKey;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.PatternType;
import io.millrace.broker.security.Permission;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceType;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramMechanism;
import io.millrace.broker.security.ScramUser;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessApiTest {

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() {
    node = new ConsoleFixture(folder);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void entriesUsersAndQuotasAreShownWithoutSecrets() throws Exception {
    node.broker
        .acls()
        .add(
            List.of(
                new AclBinding(
                    ResourceType.TOPIC,
                    PatternType.PREFIXED,
                    "or",
                    Principal.user("alice"),
                    AclBinding.ANY_HOST,
                    Operation.READ,
                    Permission.ALLOW)))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    byte[] secret = {7, 7, 7, 7};
    node.broker
        .scramCredentials()
        .change(
            Map.of(
                new ScramUser("alice", ScramMechanism.SHA_512),
                new ScramCredential(secret, secret, secret, 8192)),
            Set.of())
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    node.broker
        .clientQuotas()
        .change(
            Map.of(
                ClientQuotaEntity.ofUser(ClientQuotaEntity.DEFAULT),
                Map.of(QuotaKey.PRODUCER_BYTE_RATE, 1048576.0)))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);

    HttpResponse<String> answer = node.get("/api/access");
    JsonNode access = json(answer);

    assertThat(access.get("entryCount").asInt()).isEqualTo(1);
    assertThat(access.at("/entries/0/principal").asText()).isEqualTo("User:alice");
    assertThat(access.at("/entries/0/pattern").asText()).isEqualTo("PREFIXED");
    assertThat(access.at("/entries/0/operation").asText()).isEqualTo("READ");
    assertThat(access.at("/users/0/name").asText()).isEqualTo("alice");
    assertThat(access.at("/users/0/iterations").asInt()).isEqualTo(8192);
    assertThat(access.at("/quotas/0/user").asText()).isEmpty();
    assertThat(access.at("/quotas/0/limits/producer_byte_rate").asDouble()).isEqualTo(1048576.0);
    assertThat(answer.body()).doesNotContain("storedKey").doesNotContain("salt");
  }
}
