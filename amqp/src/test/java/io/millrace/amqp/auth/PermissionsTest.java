package io.millrace.amqp.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import io.millrace.amqp.NodeFixture;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.TopicPermission;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostPermission;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What configure, write and read permissions let a client do: RabbitMQ's table, row by row. */
class PermissionsTest {

  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path folder;
  private NodeFixture node;
  private Connection guest;
  private Channel admin;
  private Connection connection;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(folder.resolve("data"));
    guest = node.connect();
    admin = guest.createChannel();
    for (String queue : new String[] {"conf", "in", "out", "none"}) {
      admin.queueDeclare(queue, false, false, false, null);
      admin.exchangeDeclare("x-" + queue, BuiltinExchangeType.TOPIC);
    }
    done(
        node.access()
            .putUser(
                new User("bob", PasswordHash.of(PasswordHashing.SHA_512, "pw", new Random(1)))));
    allow("conf", "in", "out");
    connection = node.connect("bob", "pw", "/");
  }

  @AfterEach
  void stop() {
    connection.abort();
    guest.abort();
    node.close();
  }

  private static void done(CompletionStage<?> stage) {
    Object unused = stage.toCompletableFuture().join();
  }

  private void allow(String configure, String write, String read) {
    done(node.access().setPermission(VirtualHostPermission.of("bob", "/", configure, write, read)));
  }

  private interface Action {
    void on(Channel channel) throws Exception;
  }

  private void succeeds(Action action) throws Exception {
    Channel channel = connection.createChannel();
    action.on(channel);
    // Nothing that was said before has closed it.
    channel.basicQos(1);
    channel.close();
  }

  /** The action costs its channel; answers why. */
  private String refused(Action action) throws Exception {
    Channel channel = connection.createChannel();
    CountDownLatch closed = new CountDownLatch(1);
    AtomicReference<ShutdownSignalException> reason = new AtomicReference<>();
    channel.addShutdownListener(
        cause -> {
          reason.set(cause);
          closed.countDown();
        });
    Throwable unused = catchThrowable(() -> action.on(channel));
    assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    AMQP.Channel.Close close =
        (AMQP.Channel.Close) Objects.requireNonNull(reason.get()).getReason();
    assertThat(close.getReplyCode()).isEqualTo(403);
    return close.getReplyText();
  }

  private static String access(String right, String what) {
    return "ACCESS_REFUSED - "
        + right
        + " access to "
        + what
        + " in vhost '/' refused for user 'bob'";
  }

  @Test
  void declaringAndDeletingNeedConfigure() throws Exception {
    succeeds(channel -> channel.queueDeclare("conf", false, false, false, null));
    assertThat(refused(channel -> channel.queueDeclare("in", false, false, false, null)))
        .isEqualTo(access("configure", "queue 'in'"));
    assertThat(refused(channel -> channel.queueDelete("in")))
        .isEqualTo(access("configure", "queue 'in'"));
    succeeds(channel -> channel.exchangeDeclare("x-conf", BuiltinExchangeType.TOPIC));
    assertThat(refused(channel -> channel.exchangeDeclare("new", BuiltinExchangeType.FANOUT)))
        .isEqualTo(access("configure", "exchange 'new'"));
    assertThat(refused(channel -> channel.exchangeDelete("x-out")))
        .isEqualTo(access("configure", "exchange 'x-out'"));
    succeeds(channel -> channel.queueDelete("conf"));
    succeeds(channel -> channel.exchangeDelete("x-conf"));
  }

  @Test
  void aQueueWithoutANameNeedsConfigureForTheNameThatIsChosen() throws Exception {
    assertThat(refused(channel -> channel.queueDeclare()))
        .startsWith("ACCESS_REFUSED - configure access to queue 'amq.gen-");
    allow("^amq\\.gen-", "in", "out");
    succeeds(channel -> channel.queueDeclare());
  }

  @Test
  void lookingWhetherSomethingIsThereNeedsNothing() throws Exception {
    succeeds(channel -> channel.queueDeclarePassive("none"));
    succeeds(channel -> channel.exchangeDeclarePassive("x-none"));
  }

  @Test
  void publishingNeedsWriteOfTheExchange() throws Exception {
    byte[] body = "a".getBytes(UTF_8);
    succeeds(channel -> channel.basicPublish("x-in", "k", null, body));
    assertThat(refused(channel -> channel.basicPublish("x-out", "k", null, body)))
        .isEqualTo(access("write", "exchange 'x-out'"));
    assertThat(refused(channel -> channel.basicPublish("", "in", null, body)))
        .isEqualTo(access("write", "exchange 'amq.default'"));
    assertThat(refused(channel -> channel.basicPublish("no-such", "in", null, body)))
        .isEqualTo(access("write", "exchange 'no-such'"));
    allow("conf", "^amq\\.default$", "out");
    succeeds(channel -> channel.basicPublish("", "in", null, body));
  }

  @Test
  void takingMessagesNeedsReadOfTheQueue() throws Exception {
    succeeds(channel -> channel.basicGet("out", true));
    succeeds(channel -> channel.queuePurge("out"));
    succeeds(channel -> channel.basicConsume("out", true, new DefaultConsumer(channel)));
    assertThat(refused(channel -> channel.basicGet("in", true)))
        .isEqualTo(access("read", "queue 'in'"));
    assertThat(refused(channel -> channel.queuePurge("in")))
        .isEqualTo(access("read", "queue 'in'"));
    assertThat(refused(channel -> channel.basicConsume("in", true, new DefaultConsumer(channel))))
        .isEqualTo(access("read", "queue 'in'"));
  }

  @Test
  void bindingNeedsWriteOfTheDestinationAndReadOfTheSource() throws Exception {
    succeeds(channel -> channel.queueBind("in", "x-out", "k"));
    succeeds(channel -> channel.queueUnbind("in", "x-out", "k"));
    assertThat(refused(channel -> channel.queueBind("out", "x-out", "k")))
        .isEqualTo(access("write", "queue 'out'"));
    assertThat(refused(channel -> channel.queueBind("in", "x-in", "k")))
        .isEqualTo(access("read", "exchange 'x-in'"));
    assertThat(refused(channel -> channel.queueUnbind("in", "x-in", "k")))
        .isEqualTo(access("read", "exchange 'x-in'"));
    succeeds(channel -> channel.exchangeBind("x-in", "x-out", "k"));
    assertThat(refused(channel -> channel.exchangeBind("x-out", "x-out", "k")))
        .isEqualTo(access("write", "exchange 'x-out'"));
    assertThat(refused(channel -> channel.exchangeUnbind("x-in", "x-in", "k")))
        .isEqualTo(access("read", "exchange 'x-in'"));
  }

  @Test
  void aDeadLetterExchangeNeedsReadOfTheQueueAndWriteOfTheExchange() throws Exception {
    allow("new", "x-in", "new-1");
    assertThat(
            refused(
                channel ->
                    channel.queueDeclare(
                        "new-2", false, false, false, Map.of("x-dead-letter-exchange", "x-in"))))
        .isEqualTo(access("read", "queue 'new-2'"));
    assertThat(
            refused(
                channel ->
                    channel.queueDeclare(
                        "new-1", false, false, false, Map.of("x-dead-letter-exchange", "x-out"))))
        .isEqualTo(access("write", "exchange 'x-out'"));
    succeeds(
        channel ->
            channel.queueDeclare(
                "new-1", false, false, false, Map.of("x-dead-letter-exchange", "x-in")));
  }

  @Test
  void anAlternateExchangeNeedsReadOfTheExchangeAndWriteOfTheAlternate() throws Exception {
    allow("new", "x-in", "new-1");
    assertThat(
            refused(
                channel ->
                    channel.exchangeDeclare(
                        "new-2", "fanout", false, false, Map.of("alternate-exchange", "x-in"))))
        .isEqualTo(access("read", "exchange 'new-2'"));
    assertThat(
            refused(
                channel ->
                    channel.exchangeDeclare(
                        "new-1", "fanout", false, false, Map.of("alternate-exchange", "x-out"))))
        .isEqualTo(access("write", "exchange 'x-out'"));
    succeeds(
        channel ->
            channel.exchangeDeclare(
                "new-1", "fanout", false, false, Map.of("alternate-exchange", "x-in")));
  }

  @Test
  void aTopicPermissionIsForRoutingKeys() throws Exception {
    allow("", ".*", ".*");
    done(
        node.access()
            .setTopicPermission(
                TopicPermission.of("bob", "/", "x-in", "^{username}\\.", "^(news|bob)\\.")));
    byte[] body = "a".getBytes(UTF_8);
    succeeds(channel -> channel.basicPublish("x-in", "bob.a", null, body));
    assertThat(refused(channel -> channel.basicPublish("x-in", "alice.a", null, body)))
        .isEqualTo(
            "ACCESS_REFUSED - write access to topic 'alice.a' in exchange exchange 'x-in' in vhost"
                + " '/' refused for user 'bob'");
    succeeds(channel -> channel.basicPublish("x-out", "alice.a", null, body));
    succeeds(channel -> channel.queueBind("in", "x-in", "news.*"));
    assertThat(refused(channel -> channel.queueBind("in", "x-in", "#")))
        .isEqualTo(
            "ACCESS_REFUSED - read access to topic '#' in exchange exchange 'x-in' in vhost '/'"
                + " refused for user 'bob'");
    AMQP.BasicProperties copied =
        new AMQP.BasicProperties.Builder().headers(Map.of("CC", List.of("alice.b"))).build();
    assertThat(refused(channel -> channel.basicPublish("x-in", "bob.a", copied, body)))
        .contains("topic 'alice.b'");
  }

  @Test
  void aPermissionThatIsTakenAwayCountsAtOnceOnOpenChannels() throws Exception {
    byte[] body = "a".getBytes(UTF_8);
    assertThat(
            refused(
                channel -> {
                  channel.basicPublish("x-in", "k", null, body);
                  channel.basicQos(1);
                  allow("", "", "");
                  channel.basicPublish("x-in", "k", null, body);
                }))
        .isEqualTo(access("write", "exchange 'x-in'"));
  }
}
