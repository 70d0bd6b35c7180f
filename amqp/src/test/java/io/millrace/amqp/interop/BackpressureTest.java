package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.millrace.amqp.channel.PublishCredit;
import io.millrace.broker.queue.MessageQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publishers wait for what the node has too little of; consumers, and other publishers, do not. */
class BackpressureTest extends ClientTest {

  @AfterEach
  void endAlarm() {
    node.broker().alarms().limitDiskFree(0);
  }

  @Test
  void publishersWaitWhileTheDiskRunsLow() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    connection.addBlockedListener(events::add, () -> events.add("unblocked"));
    Channel channel = connection.createChannel();
    channel.queueDeclare("q", true, false, false, null);
    channel.basicPublish("", "q", null, "first".getBytes(UTF_8));
    assertThat(channel.messageCount("q")).isEqualTo(1);

    node.broker().alarms().limitDiskFree(Long.MAX_VALUE);
    channel.basicPublish("", "q", null, "second".getBytes(UTF_8));
    await().atMost(PATIENCE).until(() -> events.equals(List.of("low on disk")));
    channel.basicPublish("", "q", null, "third".getBytes(UTF_8));

    Connection other = node.connect();
    try {
      Channel consumer = other.createChannel();
      assertThat(consumer.basicGet("q", true).getBody()).asString(UTF_8).isEqualTo("first");
      assertThat(consumer.basicGet("q", true).getBody()).asString(UTF_8).isEqualTo("second");
      assertThat(consumer.basicGet("q", true)).isNull();

      node.broker().alarms().limitDiskFree(0);
      await().atMost(PATIENCE).until(() -> events.equals(List.of("low on disk", "unblocked")));
      await().atMost(PATIENCE).until(() -> consumer.basicGet("q", true) != null);
    } finally {
      other.abort();
    }
  }

  @Test
  void aPublisherIsNotReadOnWhileItsQueueIsBehind() throws Exception {
    Channel channel = connection.createChannel();
    channel.queueDeclare("slow", false, false, false, null);
    channel.queueDeclare("fast", false, false, false, null);
    MessageQueue slow =
        Objects.requireNonNull(
            Objects.requireNonNull(node.server().messaging().find("/")).queue("slow"));
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread busy =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    slow.status(
                        count -> {
                          entered.countDown();
                          awaitUninterruptibly(release);
                        }));
    entered.await();
    int count = 400;
    byte[] body = new byte[100_000];
    Thread publisher =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < count; i++) {
                      channel.basicPublish("", "slow", null, body);
                    }
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    try {
      await().atMost(PATIENCE).until(() -> node.server().metrics().outOfCredit() == 1);
      Connection other = node.connect();
      Channel bystander = other.createChannel();
      bystander.basicPublish("", "fast", null, body);
      await().atMost(PATIENCE).until(() -> bystander.basicGet("fast", true) != null);
      assertThat(node.server().metrics().bytesIn())
          .isLessThan(PublishCredit.MOST_BYTES + 4 * 1024 * 1024);
      other.abort();
    } finally {
      release.countDown();
    }
    busy.join();
    publisher.join();
    await().atMost(PATIENCE).until(() -> slow.readyCount() == count);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // It is released by the test, whatever happens.
      }
    }
  }
}
