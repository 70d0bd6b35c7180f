package io.millrace.amqp.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.RpcServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/**
 * The jobs of RabbitMQ's tutorials, with its Java client; {@link TutorialPageTest} does them in
 * Python.
 */
class TutorialsTest extends ClientTest {

  private Channel channel;

  @Override
  void connected() throws Exception {
    channel = connection.createChannel();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /**
   * Listens with a queue of its own that is bound with keys; what is heard is added to the list.
   */
  private List<String> listen(String exchange, String... keys) throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    Channel own = connection.createChannel();
    String queue = own.queueDeclare().getQueue();
    for (String key : keys) {
      own.queueBind(queue, exchange, key);
    }
    own.basicConsume(
        queue, true, (tag, message) -> heard.add(new String(message.getBody(), UTF_8)), tag -> {});
    return heard;
  }

  private static void awaitHeard(List<String> heard, String... texts) {
    await().atMost(PATIENCE).until(() -> heard.size() >= texts.length);
    assertThat(heard).containsExactly(texts);
  }

  @Test
  void hello() throws Exception {
    channel.queueDeclare("hello", false, false, false, null);
    channel.basicPublish("", "hello", null, bytes("Good morning"));
    List<String> got = new CopyOnWriteArrayList<>();
    channel.basicConsume(
        "hello", true, (tag, message) -> got.add(new String(message.getBody(), UTF_8)), tag -> {});
    awaitHeard(got, "Good morning");
  }

  @Test
  void workIsSharedOutAndOutlivesAWorker() throws Exception {
    channel.queueDeclare("tasks", true, false, false, null);
    for (int i = 0; i < 4; i++) {
      channel.basicPublish(
          "", "tasks", MessageProperties.PERSISTENT_TEXT_PLAIN, bytes("task " + i));
    }
    List<String> begun = new CopyOnWriteArrayList<>();
    Connection lazyWorker = node.connect();
    Channel lazy = lazyWorker.createChannel();
    lazy.basicQos(1);
    lazy.basicConsume(
        "tasks",
        false,
        (tag, message) -> begun.add(new String(message.getBody(), UTF_8)),
        tag -> {});
    awaitHeard(begun, "task 0");
    List<String> done = new CopyOnWriteArrayList<>();
    Channel busy = connection.createChannel();
    busy.basicQos(1);
    busy.basicConsume(
        "tasks",
        false,
        (tag, message) -> {
          done.add(
              new String(message.getBody(), UTF_8)
                  + (message.getEnvelope().isRedeliver() ? ", again" : ""));
          busy.basicAck(message.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
    awaitHeard(done, "task 1", "task 2", "task 3");
    lazyWorker.abort();
    awaitHeard(done, "task 1", "task 2", "task 3", "task 0, again");
  }

  @Test
  void everybodyIsTold() throws Exception {
    channel.exchangeDeclare("announcements", "fanout");
    List<String> one = listen("announcements", "");
    List<String> other = listen("announcements", "");
    channel.basicPublish("announcements", "", null, bytes("lunch"));
    awaitHeard(one, "lunch");
    awaitHeard(other, "lunch");
  }

  @Test
  void listenersChooseByKey() throws Exception {
    channel.exchangeDeclare("log", "direct");
    List<String> errors = listen("log", "error");
    List<String> more = listen("log", "info", "error");
    channel.basicPublish("log", "info", null, bytes("started"));
    channel.basicPublish("log", "debug", null, bytes("nobody minds"));
    channel.basicPublish("log", "error", null, bytes("disk full"));
    awaitHeard(more, "started", "disk full");
    awaitHeard(errors, "disk full");
  }

  @Test
  void listenersChooseByPattern() throws Exception {
    channel.exchangeDeclare("measurements", "topic");
    List<String> kitchens = listen("measurements", "*.kitchen.*", "#.last");
    List<String> all = listen("measurements", "#");
    for (String place :
        List.of("house1.kitchen.heat", "house1.cellar.heat", "house2.kitchen.damp", "last")) {
      channel.basicPublish("measurements", place, null, bytes(place));
    }
    awaitHeard(all, "house1.kitchen.heat", "house1.cellar.heat", "house2.kitchen.damp", "last");
    awaitHeard(kitchens, "house1.kitchen.heat", "house2.kitchen.damp", "last");
  }

  @Test
  void requestsAreAnswered() throws Exception {
    channel.queueDeclare("square", false, false, false, null);
    RpcServer server =
        new RpcServer(channel, "square") {
          @Override
          public byte[] handleCall(byte[] request, BasicProperties answer) {
            int number = Integer.parseInt(new String(request, UTF_8));
            return bytes(Integer.toString(number * number));
          }
        };
    Thread serving =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    server.mainloop();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    Channel own = connection.createChannel();
    // The client's default: answers come by direct reply-to.
    RpcClient client =
        new RpcClient(new RpcClientParams().channel(own).exchange("").routingKey("square"));
    assertThat(client.stringCall("12")).isEqualTo("144");
    assertThat(client.stringCall("7")).isEqualTo("49");
    client.close();
    // The end of its channel is the end of the server.
    channel.close();
    serving.join(PATIENCE);
  }

  @Test
  void someHundredMessagesAreUnconfirmedAtATimeAndNoneInTheEnd() throws Exception {
    int most = 200;
    int count = 2000;
    channel.queueDeclare("orders", true, false, false, null);
    channel.confirmSelect();
    Semaphore room = new Semaphore(most);
    ConcurrentNavigableMap<Long, String> open = new ConcurrentSkipListMap<>();
    List<String> refused = new CopyOnWriteArrayList<>();
    channel.addConfirmListener(
        (number, allBefore) -> settle(open, number, allBefore, room),
        (number, allBefore) -> {
          refused.addAll(upTo(open, number, allBefore).values());
          settle(open, number, allBefore, room);
        });
    for (int i = 0; i < count; i++) {
      room.acquire();
      open.put(channel.getNextPublishSeqNo(), "order " + i);
      channel.basicPublish("", "orders", MessageProperties.PERSISTENT_BASIC, bytes("order " + i));
    }
    await().atMost(PATIENCE).until(open::isEmpty);
    assertThat(refused).isEmpty();
    assertThat(channel.messageCount("orders")).isEqualTo(count);
  }

  private static ConcurrentNavigableMap<Long, String> upTo(
      ConcurrentNavigableMap<Long, String> open, long number, boolean allBefore) {
    return allBefore ? open.headMap(number, true) : open.subMap(number, true, number, true);
  }

  private static void settle(
      ConcurrentNavigableMap<Long, String> open, long number, boolean allBefore, Semaphore room) {
    ConcurrentNavigableMap<Long, String> settled = upTo(open, number, allBefore);
    int count = settled.size();
    settled.clear();
    room.release(count);
  }
}
