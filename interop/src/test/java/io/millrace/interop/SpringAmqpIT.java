package io.millrace.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application of Spring AMQP: its admin declares, its template publishes, its containers listen.
 */
@ExtendWith(SharedNode.class)
class SpringAmqpIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Configuration
  @EnableRabbit
  static class Application {

    private final int port;
    final List<String> handled = new CopyOnWriteArrayList<>();
    final BlockingQueue<Message> refused = new LinkedBlockingQueue<>();

    Application(int port) {
      this.port = port;
    }

    @Bean
    ConnectionFactory connections() {
      CachingConnectionFactory connections = new CachingConnectionFactory("127.0.0.1", port);
      connections.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
      connections.setPublisherReturns(true);
      return connections;
    }

    @Bean
    RabbitAdmin admin(ConnectionFactory connections) {
      return new RabbitAdmin(connections);
    }

    @Bean
    RabbitTemplate template(ConnectionFactory connections) {
      RabbitTemplate template = new RabbitTemplate(connections);
      template.setMandatory(true);
      template.setReplyTimeout(PATIENCE.toMillis());
      return template;
    }

    @Bean
    SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(
        ConnectionFactory connections) {
      SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
      factory.setConnectionFactory(connections);
      factory.setConcurrentConsumers(2);
      factory.setPrefetchCount(20);
      return factory;
    }

    @Bean
    TopicExchange events() {
      return new TopicExchange("spring.events");
    }

    @Bean
    DirectExchange refusals() {
      return new DirectExchange("spring.refusals");
    }

    @Bean
    Queue orders() {
      return QueueBuilder.durable("spring.orders")
          .deadLetterExchange("spring.refusals")
          .deadLetterRoutingKey("order")
          .build();
    }

    @Bean
    Queue refusedOrders() {
      return QueueBuilder.durable("spring.refused-orders").quorum().build();
    }

    @Bean
    Queue questions() {
      return QueueBuilder.nonDurable("spring.questions").build();
    }

    @Bean
    Binding ordersOfEvents(Queue orders, TopicExchange events) {
      return BindingBuilder.bind(orders).to(events).with("order.*.placed");
    }

    @Bean
    Binding refused(Queue refusedOrders, DirectExchange refusals) {
      return BindingBuilder.bind(refusedOrders).to(refusals).with("order");
    }

    @RabbitListener(queues = "spring.orders")
    void order(String text) {
      if (text.startsWith("bad")) {
        throw new AmqpRejectAndDontRequeueException("a bad order");
      }
      handled.add(text);
    }

    @RabbitListener(queues = "spring.refused-orders")
    void refusedOrder(Message message) {
      refused.add(message);
    }

    @RabbitListener(queues = "spring.questions")
    String answer(String question) {
      return question + "? Yes.";
    }
  }

  private record Running(AnnotationConfigApplicationContext context) implements AutoCloseable {

    static Running on(MillraceNode node) {
      AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
      int port = node.amqpPort();
      context.registerBean(Application.class, () -> new Application(port));
      context.refresh();
      return new Running(context);
    }

    RabbitTemplate template() {
      return context.getBean(RabbitTemplate.class);
    }

    Application application() {
      return context.getBean(Application.class);
    }

    @Override
    public void close() {
      context.close();
    }
  }

  @Test
  void ordersAreHandledOrDeadLetteredAndEachIsConfirmed(MillraceNode node) throws Exception {
    try (Running running = Running.on(node)) {
      for (int i = 0; i < 100; i++) {
        String text = (i % 10 == 0 ? "bad " : "good ") + i;
        CorrelationData confirm = new CorrelationData(text);
        running.template().convertAndSend("spring.events", "order.eu.placed", text, confirm);
        assertThat(confirm.getFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).ack()).isTrue();
      }
      Application application = running.application();
      await().atMost(PATIENCE).until(() -> application.handled.size() == 90);
      await().atMost(PATIENCE).until(() -> application.refused.size() == 10);
      Message refused = Objects.requireNonNull(application.refused.poll());
      assertThat(new String(refused.getBody(), UTF_8)).startsWith("bad ");
      Map<String, ?> death =
          Objects.requireNonNull(refused.getMessageProperties().getXDeathHeader()).getFirst();
      assertThat(death.get("reason")).hasToString("rejected");
      assertThat(death.get("queue")).hasToString("spring.orders");
    }
  }

  @Test
  void whatNobodyIsBoundForComesBack(MillraceNode node) throws Exception {
    try (Running running = Running.on(node)) {
      CorrelationData confirm = new CorrelationData("lost");
      running.template().convertAndSend("spring.events", "order.eu.lost", "lost", confirm);
      assertThat(confirm.getFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).ack()).isTrue();
      await().atMost(PATIENCE).until(() -> confirm.getReturned() != null);
      assertThat(Objects.requireNonNull(confirm.getReturned()).getReplyText())
          .isEqualTo("NO_ROUTE");
    }
  }

  @Test
  void questionsAreAnsweredByDirectReplyTo(MillraceNode node) {
    try (Running running = Running.on(node)) {
      for (int i = 0; i < 20; i++) {
        assertThat(running.template().convertSendAndReceive("", "spring.questions", "Well, " + i))
            .isEqualTo("Well, " + i + "? Yes.");
      }
    }
  }

  @Test
  void aQueueIsDeclaredConsumedByADirectContainerAndDeletedByTheAdmin(MillraceNode node) {
    try (Running running = Running.on(node)) {
      RabbitAdmin admin = running.context().getBean(RabbitAdmin.class);
      admin.declareQueue(new Queue("spring.moment"));
      List<String> seen = new CopyOnWriteArrayList<>();
      DirectMessageListenerContainer container =
          new DirectMessageListenerContainer(running.context().getBean(ConnectionFactory.class));
      container.setQueueNames("spring.moment");
      container.setConsumersPerQueue(2);
      container.setMessageListener(message -> seen.add(new String(message.getBody(), UTF_8)));
      container.start();
      for (int i = 0; i < 50; i++) {
        running.template().convertAndSend("", "spring.moment", "moment " + i);
      }
      await().atMost(PATIENCE).until(() -> seen.size() == 50);
      container.stop();
      assertThat(Objects.requireNonNull(admin.getQueueInfo("spring.moment")).getMessageCount())
          .isZero();
      assertThat(admin.deleteQueue("spring.moment")).isTrue();
      assertThat(admin.getQueueInfo("spring.moment")).isNull();
    }
  }
}
