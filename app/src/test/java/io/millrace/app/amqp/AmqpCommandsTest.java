package io.millrace.app.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.millrace.amqp.AmqpServer;
import io.millrace.amqp.AmqpSettings;
import io.millrace.app.Main;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerSettings;
import io.millrace.console.NodeFacts;
import io.millrace.console.management.ManagementServer;
import io.millrace.console.management.ManagementSettings;
import io.millrace.console.management.ManagementSources;
import io.millrace.core.Clock;
import io.millrace.core.ThreadTimer;
import io.millrace.log.LogStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code millrace amqp …}, and what RabbitMQ's client can do after them. */
class AmqpCommandsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;
  private ThreadTimer timer;
  private LogStore store;
  private Broker broker;
  private AmqpServer amqp;
  private ManagementServer management;

  @BeforeEach
  void start() {
    timer = new ThreadTimer("test-timer");
    store = LogStore.open(folder.resolve("data"), Clock.system());
    broker = Broker.open(store, BrokerSettings.defaults(), Clock.system(), timer);
    amqp = AmqpServer.bind(broker, AmqpSettings.defaults().listenOn("127.0.0.1", 0));
    management =
        ManagementServer.bind(
            ManagementSettings.on("127.0.0.1", 0),
            new ManagementSources(
                new NodeFacts("1.2.3", folder, System.currentTimeMillis(), List.of()),
                amqp,
                Clock.system()),
            timer);
  }

  @AfterEach
  void stop() {
    management.close();
    amqp.close();
    broker.close();
    store.close();
    timer.close();
  }

  /** How a command ended, and what it printed. */
  private record Result(int exitCode, String out, String err) {

    Result succeeded() {
      assertThat(exitCode).as("exit code, with: %s%s", out, err).isZero();
      return this;
    }

    String refused(int code) {
      assertThat(exitCode).as("exit code, with: %s%s", out, err).isEqualTo(code);
      return err.strip();
    }
  }

  private Result millrace(String... arguments) {
    return feed("", arguments);
  }

  private Result feed(String input, String... arguments) {
    List<String> all = new ArrayList<>(List.of("amqp"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--management", "http://127.0.0.1:" + management.port()));
    return run(input, all);
  }

  private static Result run(String input, List<String> arguments) {
    InputStream stdin = System.in;
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      int code = Main.run(arguments.toArray(String[]::new));
      return new Result(code, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setIn(stdin);
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }

  private Connection connect(String user, String password, String host) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(amqp.port());
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setVirtualHost(host);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }

  private JsonNode rows(String... arguments) throws Exception {
    return JSON.readTree(millrace(arguments).succeeded().out());
  }

  @Test
  void aUserIsMadeLetInChangedAndDeleted() throws Exception {
    feed("wonder\n", "user", "add", "alice", "--tags", "monitoring").succeeded();
    millrace("permission", "set", "alice", "--configure", "^a", "--read", "").succeeded();
    try (Connection connection = connect("alice", "wonder", "/")) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("a1", false, false, false, null);
      assertThatThrownBy(() -> channel.basicGet("a1", true))
          .cause()
          .hasMessageContaining("read access to queue 'a1' in vhost '/' refused");
    }
    JsonNode user = rows("user", "list", "--json").get(0);
    assertThat(user.path("user").asText()).isEqualTo("alice");
    assertThat(user.path("tags").asText()).isEqualTo("monitoring");
    assertThat(rows("permission", "list", "--json").toString())
        .contains(
            "{\"user\":\"alice\",\"vhost\":\"/\",\"configure\":\"^a\",\"write\":\".*\",\"read\":\"\"}");

    millrace("user", "change", "alice", "--tags", "", "--max-connections", "7").succeeded();
    connect("alice", "wonder", "/").close();
    assertThat(rows("user", "list", "--json").get(0).toString())
        .contains("\"tags\":\"\"", "\"maxConnections\":7");
    feed("land\n", "user", "change", "alice", "--password").succeeded();
    connect("alice", "land", "/").close();
    assertThatThrownBy(() -> connect("alice", "wonder", "/").abort())
        .isInstanceOf(AuthenticationFailureException.class);

    millrace("permission", "clear", "alice").succeeded();
    millrace("user", "delete", "alice").succeeded();
    assertThatThrownBy(() -> connect("alice", "land", "/").abort())
        .isInstanceOf(AuthenticationFailureException.class);
  }

  @Test
  void aVirtualHostIsMadeLimitedAndDeleted() throws Exception {
    millrace("vhost", "add", "staging", "--description", "before production").succeeded();
    millrace("permission", "set", "guest", "--vhost", "staging").succeeded();
    millrace("vhost", "limit", "staging", "--max-queues", "1").succeeded();
    try (Connection connection = connect("guest", "guest", "staging")) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("one", false, false, false, null);
      assertThatThrownBy(() -> channel.queueDeclare("two", false, false, false, null))
          .cause()
          .hasMessageContaining("queue limit in vhost 'staging' (1) is reached");
    }
    assertThat(rows("vhost", "list", "--json").get(1).toString())
        .isEqualTo("{\"vhost\":\"staging\",\"description\":\"before production\",\"messages\":0}");
    millrace("vhost", "delete", "staging").succeeded();
    assertThat(millrace("vhost", "list").succeeded().out()).doesNotContain("staging");
  }

  @Test
  void aTopicPermissionIsSetAndCleared() throws Exception {
    feed("wonder\n", "user", "add", "alice").succeeded();
    millrace("topic-permission", "set", "alice", "amq.topic", "--write", "^{username}\\.")
        .succeeded();
    assertThat(rows("topic-permission", "list", "--json").toString())
        .contains("\"exchange\":\"amq.topic\",\"write\":\"^{username}\\\\.\",\"read\":\".*\"");
    millrace("topic-permission", "clear", "alice").succeeded();
    assertThat(rows("topic-permission", "list", "--json")).isEmpty();
  }

  @Test
  void whatIsNotThereOrNotAllowedIsToldInOneSentence() throws Exception {
    assertThat(millrace("user", "delete", "nobody").refused(1))
        .isEqualTo("millrace: there is no user 'nobody'");
    assertThat(millrace("vhost", "delete", "nowhere").refused(1))
        .isEqualTo("millrace: there is no virtual host 'nowhere'");
    assertThat(millrace("permission", "set", "guest", "--vhost", "nowhere").refused(1))
        .isEqualTo("millrace: there is no virtual host 'nowhere'");
    assertThat(millrace("permission", "set", "guest", "--read", "(").refused(1))
        .contains("regular expression");
    assertThat(feed("x\n", "user", "add", "guest").refused(1))
        .contains("there is a user 'guest' already");
    assertThat(millrace("user", "add", "alice").refused(2)).contains("there is no password");
    assertThat(millrace("user", "change", "guest").refused(2)).contains("nothing is to be changed");
    Path wrong = Files.writeString(folder.resolve("password"), "wrong\n");
    assertThat(
            millrace("user", "list", "--user", "guest", "--password-file", wrong.toString())
                .refused(1))
        .startsWith("millrace: the management API answers 401");
    assertThat(
            run("", List.of("amqp", "user", "list", "--management", "http://127.0.0.1:1"))
                .refused(1))
        .isEqualTo(
            "millrace: no management API answers at http://127.0.0.1:1; name one by --management");
  }

  @Test
  void everyCommandHasAnExample() {
    for (String family : List.of("user", "permission", "topic-permission", "vhost")) {
      String help = run("", List.of("amqp", family, "--help")).succeeded().out();
      assertThat(help).contains("Examples:", "millrace amqp " + family);
    }
    assertThat(run("", List.of("amqp", "user", "add", "--help")).succeeded().out())
        .contains("Example:", "millrace amqp user add alice");
  }
}
