package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node that is killed owes to its clients. */
class KillTest {

  private static final int ROUNDS = 5;
  private static final int BEFORE_KILL = 2000;

  @TempDir Path folder;

  private static String body(int number) {
    // Long enough for the body to be shared by both queues.
    return number + " " + "x".repeat(300);
  }

  @Test
  void confirmedMessagesAreThereAfterEachKillAndSettledOnesAreNot() throws Exception {
    Set<Integer> confirmed = new ConcurrentSkipListSet<>();
    Set<Integer> acknowledged = new HashSet<>();
    int next = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (NodeUnderTest node = NodeUnderTest.start(folder)) {
        Connection connection = node.factory().newConnection();
        Channel channel = connection.createChannel();
        channel.queueDeclare("tasks", true, false, false, null);
        channel.queueDeclare("copies", true, false, false, null);
        channel.exchangeDeclare("all", "fanout", true);
        channel.queueBind("tasks", "all", "");
        channel.queueBind("copies", "all", "");
        settleSome(channel, acknowledged, 300);

        channel.confirmSelect();
        ConcurrentSkipListMap<Long, Integer> waiting = new ConcurrentSkipListMap<>();
        channel.addConfirmListener(
            (tag, multiple) -> {
              var done =
                  multiple ? waiting.headMap(tag, true) : waiting.subMap(tag, true, tag, true);
              confirmed.addAll(done.values());
              done.clear();
            },
            (tag, multiple) -> {});
        int before = confirmed.size();
        for (int i = 0; i < BEFORE_KILL; i++) {
          waiting.put(channel.getNextPublishSeqNo(), next);
          channel.basicPublish(
              "all", "", MessageProperties.PERSISTENT_BASIC, body(next++).getBytes(UTF_8));
        }
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> confirmed.size() >= before + BEFORE_KILL / 4);
        node.kill();
        connection.abort(1000);
      }
    }
    try (NodeUnderTest node = NodeUnderTest.start(folder)) {
      Connection connection = node.factory().newConnection();
      Channel channel = connection.createChannel();
      Set<Integer> left = drain(channel, "tasks");
      Set<Integer> copies = drain(channel, "copies");
      connection.abort(1000);
      Set<Integer> lost = new TreeSet<>(confirmed);
      lost.removeAll(left);
      lost.removeAll(acknowledged);
      assertThat(lost).as("confirmed, and gone").isEmpty();
      Set<Integer> back = new TreeSet<>(acknowledged);
      back.retainAll(left);
      assertThat(back).as("acknowledged, and back").isEmpty();
      assertThat(copies).as("nothing of it was acknowledged").containsAll(confirmed);
    }
  }

  /** Gets some and acknowledges every second one, until the node has written that down. */
  private static void settleSome(Channel channel, Set<Integer> acknowledged, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      GetResponse got = channel.basicGet("tasks", false);
      if (got == null) {
        break;
      }
      if (i % 2 == 0) {
        acknowledged.add(number(got));
        channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
      }
    }
    // Answered once what was acknowledged is written down.
    channel.queueDeclarePassive("tasks");
  }

  private static Set<Integer> drain(Channel channel, String queue) throws Exception {
    Set<Integer> all = new TreeSet<>();
    for (GetResponse got = channel.basicGet(queue, true);
        got != null;
        got = channel.basicGet(queue, true)) {
      all.add(number(got));
    }
    return all;
  }

  private static int number(GetResponse got) {
    String text = new String(got.getBody(), UTF_8);
    int space = text.indexOf(' ');
    int number = Integer.parseInt(text.substring(0, space));
    assertThat(text).isEqualTo(body(number));
    return number;
  }
}
