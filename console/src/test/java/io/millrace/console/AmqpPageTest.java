package io.millrace.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.options.AriaRole;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of exchanges and queues in a browser, with a client of RabbitMQ's at work. */
class AmqpPageTest {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final String HOSTILE = "<img src=x onerror=\"window.taken=1\">";
  private static final double PATIENCE_MILLIS = 60_000;

  @TempDir Path folder;

  @Test
  void exchangesAreDrawnWithTheirQueuesAndWhatGoesThroughThem() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "needs a Chromium at " + CHROMIUM);
    List<String> complaints = new ArrayList<>();
    try (ConsoleFixture node = new ConsoleFixture(folder);
        Connection connection = connect(node);
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox")))) {
      Channel channel = connection.createChannel();
      channel.exchangeDeclare("orders", "topic");
      channel.exchangeDeclare("audit", "fanout");
      channel.queueDeclare("billing", false, false, false, Map.of());
      channel.queueDeclare(HOSTILE, false, false, false, Map.of());
      channel.queueBind("billing", "orders", "eu.#");
      channel.exchangeBind("audit", "orders", "#");
      channel.queueBind(HOSTILE, "audit", "");
      Page page = browser.newPage();
      page.onConsoleMessage(
          message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
              complaints.add(message.text());
            }
          });
      page.onPageError(complaints::add);

      page.navigate(node.uri("/").toString() + "#/amqp");

      Locator graph = page.locator("svg.graph");
      assertThat(graph.locator(".edge"))
          .hasCount(3, new HasCountOptions().setTimeout(PATIENCE_MILLIS));
      assertThat(graph.locator(".node[data-name=billing]")).isVisible();
      assertThat(graph.locator(".node.exchange[data-name=audit]")).isVisible();
      assertThat(graph.getByText("eu.#")).isVisible();
      assertThat(page.getByRole(AriaRole.TABLE).last()).containsText("guest");

      Locator note = graph.locator(".node[data-name=billing] text.note");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                for (int i = 0; i < 50; i++) {
                  channel.basicPublish("orders", "eu.de", null, new byte[10]);
                }
                Assertions.assertThat(note.textContent())
                    .containsPattern(Pattern.compile("ready · in [1-9]"));
              });
      assertThat(page.getByRole(AriaRole.TABLE).first()).containsText("billing");
      Assertions.assertThat(page.evaluate("window.taken")).isNull();
      Assertions.assertThat(complaints).isEmpty();
    }
  }

  private static Connection connect(ConsoleFixture node) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(node.amqp.port());
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection();
  }
}
