package io.millrace.interop;

import static io.millrace.interop.KafkaTool.ACLS;
import static io.millrace.interop.KafkaTool.CONFIGS;
import static io.millrace.interop.KafkaTool.CONSOLE_CONSUMER;
import static io.millrace.interop.KafkaTool.CONSOLE_PRODUCER;
import static io.millrace.interop.KafkaTool.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a port with SASL and access control, {@code kafka-acls} decides what a user may do. */
class AclsIT {

  @TempDir private Path folder;

  @Test
  void aUserThatKafkaConfigsMadeMayDoWhatKafkaAclsAllows() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("millrace.yaml"),
            """
            kafka:
              protocol: sasl-plaintext
              sasl:
                mechanisms: PLAIN, SCRAM-SHA-512
                users:
                  - {name: admin, password: for-the-test}
              authorizer:
                enabled: true
                super-users: User:admin
            """);
    String admin = client("admin", "PLAIN", "plain.PlainLoginModule");
    String alice = client("alice", "SCRAM-SHA-512", "scram.ScramLoginModule");
    try (MillraceNode node =
        MillraceNode.start(folder.resolve("data"), "--config", config.toString())) {
      Tools tools = new Tools(node.bootstrap());
      tools
          .call(
              CONFIGS,
              "--command-config",
              admin,
              "--alter",
              "--entity-type",
              "users",
              "--entity-name",
              "alice",
              "--add-config",
              "SCRAM-SHA-512=[iterations=4096,password=for-the-test]")
          .succeeded();
      tools.call(TOPICS, "--command-config", admin, "--create", "--topic", "ledger").succeeded();
      assertThat(tools.call(TOPICS, "--command-config", alice, "--list").succeeded())
          .as("what alice may not describe")
          .isBlank();
      assertThat(
              tools
                  .callWith(
                      "refused\n",
                      CONSOLE_PRODUCER,
                      "--command-config",
                      alice,
                      "--command-property",
                      "max.block.ms=20000",
                      "--topic",
                      "ledger")
                  .err())
          .contains("TopicAuthorizationException");

      assertThat(
              tools
                  .call(
                      ACLS,
                      "--command-config",
                      admin,
                      "--add",
                      "--allow-principal",
                      "User:alice",
                      "--producer",
                      "--consumer",
                      "--topic",
                      "ledger",
                      "--group",
                      "readers-",
                      "--resource-pattern-type",
                      "prefixed")
                  .succeeded())
          .contains("Adding ACLs for resource `ResourcePattern(resourceType=TOPIC, name=ledger")
          .contains("ResourcePattern(resourceType=GROUP, name=readers-, patternType=PREFIXED)");
      tools
          .callWith("entered\n", CONSOLE_PRODUCER, "--command-config", alice, "--topic", "ledger")
          .succeeded();
      assertThat(read(tools, alice).succeeded().lines()).containsExactly("entered");

      tools
          .call(
              ACLS,
              "--command-config",
              admin,
              "--add",
              "--deny-principal",
              "User:alice",
              "--deny-host",
              "127.0.0.1",
              "--operation",
              "Read",
              "--topic",
              "ledger")
          .succeeded();
      assertThat(read(tools, alice).err()).contains("TopicAuthorizationException");
      assertThat(
              tools
                  .call(ACLS, "--command-config", admin, "--list", "--principal", "User:alice")
                  .succeeded())
          .contains(
              "(principal=User:alice, host=127.0.0.1, operation=READ, permissionType=DENY)",
              "(principal=User:alice, host=*, operation=WRITE, permissionType=ALLOW)");
      tools
          .call(
              ACLS,
              "--command-config",
              admin,
              "--remove",
              "--force",
              "--topic",
              "ledger",
              "--resource-pattern-type",
              "any")
          .succeeded();
      assertThat(
              tools
                  .call(ACLS, "--command-config", admin, "--list", "--topic", "ledger")
                  .succeeded())
          .doesNotContain("alice");
      assertThat(tools.call(ACLS, "--command-config", alice, "--list").failed())
          .contains("ClusterAuthorizationException");
    }
  }

  private static Program.Result read(Tools tools, String user) throws IOException {
    return tools.call(
        CONSOLE_CONSUMER,
        "--command-config",
        user,
        "--topic",
        "ledger",
        "--group",
        "readers-1",
        "--from-beginning",
        "--max-messages",
        "1");
  }

  private String client(String user, String mechanism, String module) throws IOException {
    return Files.writeString(
            folder.resolve(user + ".properties"),
            """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=%s
            sasl.jaas.config=org.apache.kafka.common.security.%s required \
            username="%s" password="for-the-test";
            """
                .formatted(mechanism, module, user))
        .toString();
  }
}
