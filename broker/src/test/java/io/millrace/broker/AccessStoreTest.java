package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.Right;
import io.millrace.broker.access.TopicPermission;
import io.millrace.broker.access.User;
import io.millrace.broker.access.VirtualHostDefinition;
import io.millrace.broker.access.VirtualHostLimits;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.broker.exchange.ExchangeType;
import io.millrace.broker.exchange.TopologyEntry.ExchangeDefinition;
import io.millrace.broker.exchange.TopologyException;
import io.millrace.broker.queue.MessageProperties;
import io.millrace.broker.queue.Messaging;
import io.millrace.broker.queue.MessagingSettings;
import io.millrace.broker.queue.QueueDeclaration;
import io.millrace.broker.queue.VirtualHost;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessStoreTest {

  /** No message is written here. */
  private static final MessageProperties.Format NO_PROPERTIES =
      new MessageProperties.Format() {
        @Override
        public MessageProperties decode(byte[] encoded) {
          throw new AssertionError("there are no messages");
        }

        @Override
        public MessageProperties of(Map<String, Object> headers) {
          throw new AssertionError("there are no messages");
        }
      };

  @TempDir Path folder;

  private static <T> T done(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static BrokerError refused(CompletionStage<?> stage) {
    return Append.error(stage.toCompletableFuture());
  }

  private static Messaging messaging(RunningBroker broker) {
    return broker.get().messaging(MessagingSettings.defaults(), NO_PROPERTIES);
  }

  private static CompletionStage<?> declare(VirtualHost host, String queue) {
    return host.declareQueue(new QueueDeclaration(host.name(), queue, true, null, false, Map.of()));
  }

  @Test
  void usersAndPermissionsAreThereAfterARestart() {
    User alice =
        new User("alice", PasswordHash.of(PasswordHashing.SHA_256, "wonder", new Random(1)))
            .withTags(Set.of(User.MONITORING));
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Messaging unused = messaging(broker);
      AccessStore access = broker.get().access();
      done(access.putUser(alice));
      done(access.setPermission(VirtualHostPermission.of("alice", "/", "", "^in", "^out")));
      done(access.setTopicPermission(TopicPermission.of("alice", "/", "t", "^a", "^b")));
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      AccessImage image = broker.get().access().image();
      assertThat(image.user("alice")).isEqualTo(alice);
      assertThat(Objects.requireNonNull(alice.password()).matches("wonder")).isTrue();
      assertThat(image.mayOpen("alice", "/")).isTrue();
      assertThat(image.allows("alice", "/", Right.WRITE, "inbox")).isTrue();
      assertThat(image.allows("alice", "/", Right.READ, "inbox")).isFalse();
      assertThat(image.allowsTopic("alice", "/", "t", Right.WRITE, "b.c")).isFalse();
      assertThat(image.allowsTopic("alice", "/", "other", Right.WRITE, "b.c")).isTrue();
    }
  }

  @Test
  void aDeletedUserLeavesNoPermissions() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Messaging unused = messaging(broker);
      AccessStore access = broker.get().access();
      done(access.putUser(new User("bob", null)));
      done(access.setPermission(VirtualHostPermission.full("bob", "/")));
      done(access.setTopicPermission(TopicPermission.of("bob", "/", "t", "", "")));
      done(access.deleteUser("bob"));
      assertThat(access.image().permissions()).isEmpty();
      assertThat(access.image().topicPermissions()).isEmpty();
      assertThat(refused(access.deleteUser("bob"))).isEqualTo(BrokerError.UNKNOWN_USER);
      assertThat(refused(access.setPermission(VirtualHostPermission.full("bob", "/"))))
          .isEqualTo(BrokerError.UNKNOWN_USER);
    }
  }

  @Test
  void permissionsNeedAVirtualHost() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      AccessStore access = broker.get().access();
      done(access.putUser(new User("bob", null)));
      assertThat(refused(access.setPermission(VirtualHostPermission.full("bob", "nowhere"))))
          .isEqualTo(BrokerError.UNKNOWN_VIRTUAL_HOST);
    }
  }

  @Test
  void aDeletedVirtualHostTakesAllThatIsInItAlong() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Messaging messaging = messaging(broker);
      AccessStore access = broker.get().access();
      VirtualHost host = done(messaging.putVirtualHost(VirtualHostDefinition.named("staging")));
      done(declare(host, "q"));
      done(
          host.declareExchange(
              new ExchangeDefinition(
                  "staging", "x", ExchangeType.FANOUT, true, false, false, Map.of())));
      done(access.putUser(new User("bob", null)));
      done(access.setPermission(VirtualHostPermission.full("bob", "staging")));

      done(messaging.deleteVirtualHost("staging"));
      assertThat(messaging.find("staging")).isNull();
      assertThat(broker.get().topics().find("staging.q")).isNull();
      assertThat(access.image().permissions()).isEmpty();
      assertThatThrownBy(() -> done(declare(host, "late")))
          .hasCauseInstanceOf(TopologyException.class);
      assertThat(refused(messaging.deleteVirtualHost("staging")))
          .isEqualTo(BrokerError.UNKNOWN_VIRTUAL_HOST);

      VirtualHost anew = done(messaging.putVirtualHost(VirtualHostDefinition.named("staging")));
      assertThat(anew.queues()).isEmpty();
      done(declare(anew, "other"));
    }
    try (RunningBroker broker = RunningBroker.in(folder)) {
      VirtualHost host = Objects.requireNonNull(messaging(broker).find("staging"));
      assertThat(host.queues()).extracting(queue -> queue.name()).containsExactly("other");
      assertThat(host.exchange("x")).isNull();
    }
  }

  @Test
  void aVirtualHostHasAsManyQueuesAsItsLimitSays() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      Messaging messaging = messaging(broker);
      VirtualHost host =
          done(
              messaging.putVirtualHost(
                  VirtualHostDefinition.named("small").withLimits(new VirtualHostLimits(-1, 1))));
      done(declare(host, "first"));
      done(declare(host, "first"));
      assertThatThrownBy(() -> done(declare(host, "second")))
          .cause()
          .hasMessage("cannot declare queue 'second': queue limit in vhost 'small' (1) is reached");
    }
  }

  @Test
  void aDurableQueueIsOfTheVirtualHostsTypeUnlessItSaysOtherwise() {
    try (RunningBroker broker = RunningBroker.in(folder)) {
      VirtualHost host =
          done(
              messaging(broker)
                  .putVirtualHost(
                      new VirtualHostDefinition(
                          "new", "", Set.of(), "quorum", VirtualHostLimits.NONE)));
      done(declare(host, "q"));
      done(declare(host, "q"));
      assertThat(Objects.requireNonNull(host.queue("q")).declaration().arguments())
          .containsEntry("x-queue-type", "quorum");
      done(host.declareQueue(new QueueDeclaration("new", "passing", false, null, false, Map.of())));
      assertThat(Objects.requireNonNull(host.queue("passing")).declaration().arguments()).isEmpty();
    }
  }
}
