package io.millrace.amqp.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.millrace.amqp.AmqpSecurity;
import io.millrace.amqp.AmqpSettings;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.auth.ConfiguredUsers.ConfiguredUser;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.User;
import io.millrace.broker.access.UserLimits;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.access.VirtualHostLimits;
import io.millrace.broker.access.VirtualHostPermission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect, where to, and how often. */
class UsersTest {

  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path folder;
  private @Nullable NodeFixture started;

  @AfterEach
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  private NodeFixture start(ConfiguredUser... users) {
    NodeFixture node =
        new NodeFixture(
            folder.resolve("data"),
            AmqpSettings.defaults().withSecurity(AmqpSecurity.DEFAULT.withUsers(List.of(users))));
    started = node;
    return node;
  }

  private static void done(CompletionStage<?> stage) {
    Object unused = stage.toCompletableFuture().join();
  }

  private static void know(NodeFixture node, User user, String... virtualHosts) {
    done(node.access().putUser(user));
    for (String host : virtualHosts) {
      done(node.access().setPermission(VirtualHostPermission.full(user.name(), host)));
    }
  }

  private static User user(String name, String password) {
    return new User(name, PasswordHash.of(PasswordHashing.SHA_256, password, new Random(1)));
  }

  /** Why a connection was not opened. */
  private static String refusal(NodeFixture node, String user, String password, String host) {
    IOException refused =
        catchThrowableOfType(IOException.class, () -> node.connect(user, password, host).abort());
    return refused.getCause() instanceof ShutdownSignalException signal
        ? ((AMQP.Connection.Close) signal.getReason()).getReplyText()
        : String.valueOf(refused.getMessage());
  }

  @Test
  void guestIsThereUntilTheConfigurationNamesUsers() throws Exception {
    NodeFixture node = start(new ConfiguredUser("orders", "s3cret", Set.of("monitoring")));
    node.connect("orders", "s3cret", "/").close();
    assertThat(Objects.requireNonNull(node.access().image().user("orders")).tags())
        .containsExactly("monitoring");
    assertThatThrownBy(() -> node.connect().abort())
        .isInstanceOf(AuthenticationFailureException.class);
  }

  @Test
  void aPasswordOfTheConfigurationTakesThePlaceOfTheOneBefore() throws Exception {
    start(new ConfiguredUser("orders", "old", Set.of())).close();
    NodeFixture node = start(new ConfiguredUser("orders", "new", Set.of()));
    node.connect("orders", "new", "/").close();
    assertThatThrownBy(() -> node.connect("orders", "old", "/").abort())
        .isInstanceOf(AuthenticationFailureException.class);
  }

  @Test
  void usersOutliveTheNode() throws Exception {
    NodeFixture first = start();
    know(first, user("alice", "wonder"), "/");
    first.close();
    NodeFixture node = start();
    node.connect("alice", "wonder", "/").close();
    node.connect().close();
  }

  @Test
  void guestMayComeFromThisMachineOnly() throws Exception {
    NodeFixture node = start();
    Authenticator authenticator = new Authenticator(node.access(), Set.of("guest"), new Random(1));
    byte[] login = "\0guest\0guest".getBytes(StandardCharsets.US_ASCII);
    assertThat(
            authenticator.authenticate(
                Mechanism.PLAIN, login, null, InetAddress.getLoopbackAddress()))
        .isEqualTo("guest");
    assertThat(
            authenticator.authenticate(
                Mechanism.PLAIN,
                login,
                null,
                InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1})))
        .isNull();
  }

  @Test
  void aUserWithoutAPasswordCannotLogInByOne() {
    NodeFixture node = start();
    know(node, new User("robot", null), "/");
    assertThatThrownBy(() -> node.connect("robot", "", "/").abort())
        .isInstanceOf(AuthenticationFailureException.class)
        .hasMessageContaining(
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details"
                + " see the broker logfile.");
  }

  @Test
  void aVirtualHostIsForThoseWhoHaveAPermissionInIt() throws Exception {
    NodeFixture node = start();
    know(node, user("alice", "wonder"));
    done(node.server().messaging().putVirtualHost(VirtualHostDefinition.named("staging")));
    assertThat(refusal(node, "alice", "wonder", "staging"))
        .isEqualTo("NOT_ALLOWED - access to vhost 'staging' refused for user 'alice'");
    assertThat(refusal(node, "alice", "wonder", "nowhere"))
        .isEqualTo("NOT_ALLOWED - vhost nowhere not found");
    done(node.access().setPermission(VirtualHostPermission.full("alice", "staging")));
    node.connect("alice", "wonder", "staging").close();
  }

  @Test
  void aVirtualHostTakesAsManyConnectionsAsItsLimitSays() throws Exception {
    NodeFixture node = start();
    done(
        node.server()
            .messaging()
            .putVirtualHost(
                VirtualHostDefinition.named("small").withLimits(new VirtualHostLimits(1, -1))));
    know(node, user("alice", "wonder"), "small");
    Connection first = node.connect("alice", "wonder", "small");
    assertThat(refusal(node, "alice", "wonder", "small"))
        .isEqualTo(
            "NOT_ALLOWED - access to vhost 'small' refused for user 'alice': connection limit (1)"
                + " is reached");
    first.close();
    node.connect("alice", "wonder", "small").close();
  }

  @Test
  void aUserHasAsManyConnectionsAndChannelsAsTheLimitsSay() throws Exception {
    NodeFixture node = start();
    know(node, user("alice", "wonder").withLimits(new UserLimits(1, 2)), "/");
    Connection connection = node.connect("alice", "wonder", "/");
    assertThat(refusal(node, "alice", "wonder", "/"))
        .isEqualTo(
            "NOT_ALLOWED - connection refused for user 'alice': user connection limit (1) is"
                + " reached");
    connection.createChannel();
    Channel second = connection.createChannel();
    second.close();
    connection.createChannel();
    IOException refused =
        catchThrowableOfType(IOException.class, () -> connection.createChannel().abort());
    assertThat(refused.getCause())
        .hasMessageContaining(
            "NOT_ALLOWED - number of channels opened for user 'alice' has reached the maximum"
                + " allowed user limit of (2)");
  }

  /** What a connection is told when something is done. */
  private static String told(Connection connection, Runnable action) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    AtomicReference<ShutdownSignalException> reason = new AtomicReference<>();
    connection.addShutdownListener(
        cause -> {
          reason.set(cause);
          closed.countDown();
        });
    action.run();
    assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    AMQP.Connection.Close close =
        (AMQP.Connection.Close) Objects.requireNonNull(reason.get()).getReason();
    return close.getReplyCode() + " " + close.getReplyText();
  }

  @Test
  void whoseUserIsDeletedIsToldSo() throws Exception {
    NodeFixture node = start();
    know(node, user("alice", "wonder"), "/");
    Connection bystander = node.connect();
    Connection connection = node.connect("alice", "wonder", "/");
    assertThat(told(connection, () -> done(node.access().deleteUser("alice"))))
        .isEqualTo("320 CONNECTION_FORCED - user 'alice' is deleted");
    assertThat(bystander.isOpen()).isTrue();
    bystander.close();
  }

  @Test
  void whoseVirtualHostIsDeletedIsToldSo() throws Exception {
    NodeFixture node = start();
    done(node.server().messaging().putVirtualHost(VirtualHostDefinition.named("staging")));
    know(node, user("alice", "wonder"), "staging");
    Connection connection = node.connect("alice", "wonder", "staging");
    connection.createChannel().queueDeclare("q", true, false, false, null);
    assertThat(told(connection, () -> done(node.server().messaging().deleteVirtualHost("staging"))))
        .isEqualTo("320 CONNECTION_FORCED - vhost 'staging' is deleted");
    assertThat(node.broker().topics().find("staging.q")).isNull();
  }
}
