package io.millrace.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import io.millrace.schema.NewSchema;
import io.millrace.schema.format.SchemaType;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a browser, over a real broker. */
class PageTest {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final String HOSTILE =
      "<img src=x onerror=\"window.taken=1\"><script>taken=2</script>";

  private static Playwright playwright;
  private static Browser browser;

  @TempDir Path folder;
  private ConsoleFixture node;
  private Page page;
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  static void startBrowser() {
    assumeTrue(Files.isExecutable(CHROMIUM), "needs a Chromium at " + CHROMIUM);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(CHROMIUM)
                    .setArgs(List.of("--no-sandbox")));
  }

  @AfterAll
  static void endBrowser() {
    if (playwright != null) {
      playwright.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    node = new ConsoleFixture(folder);
    node.topic("orders", 3);
    page = browser.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
  }

  @AfterEach
  void close() {
    page.close();
    node.close();
  }

  private void visit(String place) {
    page.navigate(node.uri("/").toString() + place);
  }

  @Test
  void theChartMovesWhileRecordsCome() throws Exception {
    visit("#/");
    Locator chart = page.getByRole(AriaRole.IMG).first();
    assertThat(page.locator("#feed")).hasText("live");
    String before = drawing(chart);

    for (int i = 0; i < 200; i++) {
      node.append("orders", i % 3, "k" + i, "{\"n\": " + i + "}");
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(drawing(chart)).isNotEqualTo(before));
    assertThat(chart).hasAttribute("aria-label", Pattern.compile("Records by topic: orders .*/s"));
    assertThat(page.getByText("1.2.3")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void aTopicIsMadeAndDeletedByHand() {
    visit("#/topics");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create topic")).click();
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("by-hand");
    page.getByLabel("Partitions").fill("4");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create").setExact(true))
        .click();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("by-hand")).click();

    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("by-hand")))
        .isVisible();
    assertThat(node.broker.topics().find("by-hand", 3)).isNotNull();

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Delete topic")).click();
    page.getByLabel("Type the name of the topic").fill("by-hand");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Delete").setExact(true))
        .click();
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Topics")))
        .isVisible();
    assertThat(node.broker.topics().find("by-hand")).isNull();
  }

  @Test
  void whatTheNodeRefusesIsSaidInTheDialog() {
    visit("#/topics");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create topic")).click();
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("orders");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Create").setExact(true))
        .click();

    assertThat(
            page.getByRole(AriaRole.ALERT).filter(new Locator.FilterOptions().setHasText("orders")))
        .isVisible();
  }

  @Test
  void hostileContentIsShownAndNeverRun() throws Exception {
    node.append(
        "orders",
        0,
        1000,
        ConsoleFixture.utf8(HOSTILE),
        ConsoleFixture.utf8("{\"a\": \"" + HOSTILE.replace("\"", "\\\"") + "\"}"),
        new RecordHeader(HOSTILE, ByteBuffer.wrap(ConsoleFixture.utf8(HOSTILE))));
    node.commit(HOSTILE, "orders", 0, 0);

    visit("#/topics/orders");
    page.locator("details.message summary").first().click();
    assertThat(page.locator("details.message pre").first()).hasText(HOSTILE);
    visit("#/groups");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(HOSTILE)).click();
    assertThat(page.locator("h1")).hasText(HOSTILE);
    visit("#/");
    assertThat(page.locator(".legend").getByText(HOSTILE)).isVisible();
    visit("#/topics/" + "%3Cimg%20src%3Dx%20onerror%3D%22window.taken%3D1%22%3E");
    assertThat(page.locator("h1")).containsText("<img");

    assertThat(page.evaluate("typeof window.taken")).isEqualTo("undefined");
    assertThat(page.locator("main img")).hasCount(0);
  }

  @Test
  void aGroupsLagIsShown() throws Exception {
    for (int i = 0; i < 5; i++) {
      node.append("orders", 1, "k", "v" + i);
    }
    node.commit("billing", "orders", 1, 2);

    visit("#/groups/billing");

    assertThat(page.locator(".tile .value").first()).hasText("3");
    assertThat(
            page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("orders")))
        .containsText("3");
  }

  @Test
  void aSelectsRowsAppearAsTheyComeUntilItIsStopped() throws Exception {
    node.append("orders", 0, "k", "{\"id\": \"<b>first</b>\"}");
    visit("#/sql");
    page.getByLabel("SQL script")
        .fill(
            """
            CREATE TABLE orders (id STRING) WITH ('connector' = 'kafka', 'topic' = 'orders',
              'format' = 'json', 'scan.startup.mode' = 'earliest-offset');
            SELECT id FROM orders;
            """);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Run")).click();

    assertThat(
            page.getByRole(AriaRole.CELL)
                .filter(new Locator.FilterOptions().setHasText("<b>first</b>")))
        .isVisible();
    node.append("orders", 1, "k", "{\"id\": \"second\"}");
    assertThat(page.getByRole(AriaRole.CELL).first()).hasText("second");

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Stop")).click();
    assertThat(page.getByText("stopped")).isVisible();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.jobs.list().stream().allMatch(job -> job.job().status().state().isEnd()));
  }

  @Test
  void aJobShowsWhichPartitionHoldsItsWatermarkBack() throws Exception {
    node.topic("hours", 1);
    for (int partition = 0; partition < 3; partition++) {
      node.append(
          "orders",
          partition,
          "k",
          "{\"id\": \"a\", \"ts\": \"2001-01-0" + (3 - partition) + " 10:00:00\"}");
    }
    var started =
        node.send(
            node.request("/api/sql")
                .header("Content-Type", "application/sql")
                .POST(
                    BodyPublishers.ofString(
                        """
                        SET 'pipeline.name' = 'hourly';
                        CREATE TABLE orders (id STRING, ts TIMESTAMP(3),
                          WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)
                        WITH ('connector' = 'kafka', 'topic' = 'orders', 'format' = 'json',
                          'scan.startup.mode' = 'earliest-offset');
                        CREATE TABLE hours (window_start TIMESTAMP(3), orders BIGINT)
                        WITH ('connector' = 'kafka', 'topic' = 'hours', 'format' = 'json');
                        INSERT INTO hours SELECT window_start, COUNT(*)
                        FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' HOUR))
                        GROUP BY window_start, window_end;
                        """)));
    assertThat(started.statusCode()).as(started.body()).isEqualTo(200);

    visit("#/jobs");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("hourly")).click();

    assertThat(page.locator("h1")).hasText("hourly");
    assertThat(page.locator("tr.held")).containsText("2001-01-01 09:59:00");
    assertThat(page.locator("tr.held")).containsText("holds the watermark back");
    assertThat(page.locator(".steps li").first()).containsText("Scan orders");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel job")).click();
    page.locator("dialog")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Cancel job"))
        .click();
    assertThat(page.locator("h1 + span")).hasText("cancelled");
  }

  @Test
  void aSubjectsVersionsAreShown() throws Exception {
    node.schemas.register(
        "orders-value",
        NewSchema.of(SchemaType.AVRO, "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[]}"),
        false);
    visit("#/schemas");

    page.getByText("orders-value").click();

    assertThat(page.locator("h1")).hasText("orders-value");
    assertThat(page.locator("h1 + span")).hasText("backward");
    assertThat(page.locator("pre")).containsText("\"name\": \"Order\"");
  }

  @ParameterizedTest
  @CsvSource({"390, 844, dark", "820, 1180, light", "1440, 900, dark"})
  void everyViewFitsItsWindowAndNamesItsControls(int width, int height, String theme)
      throws Exception {
    node.append("orders", 0, "key", "{\"a\": 1}");
    node.commit("billing", "orders", 0, 0);
    node.schemas.register("orders-value", NewSchema.of(SchemaType.AVRO, "\"string\""), false);
    page.setViewportSize(width, height);
    for (String place :
        List.of(
            "#/",
            "#/topics",
            "#/topics/orders",
            "#/groups",
            "#/groups/billing",
            "#/schemas",
            "#/schemas/orders-value",
            "#/access",
            "#/jobs",
            "#/sql",
            "#/edge")) {
      visit(place);
      page.evaluate("theme => document.documentElement.dataset.theme = theme", theme);
      assertThat(page.locator("h1")).hasCount(1);
      assertThat(page.locator("#feed")).hasText("live");
      assertThat((int) page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
          .as("overflow of %s at %d", place, width)
          .isLessThanOrEqualTo(0);
      assertThat(
              page.evaluate(
                  """
                  [...document.querySelectorAll('input, select, textarea, button, a')]
                      .filter(e => !e.hidden && !e.labels?.length && !e.ariaLabel && !e.textContent.trim())
                      .map(e => e.outerHTML)
                  """))
          .asInstanceOf(InstanceOfAssertFactories.LIST)
          .as("controls of %s without a name", place)
          .isEmpty();
    }
  }

  private static String drawing(Locator canvas) {
    return (String) canvas.evaluate("canvas => canvas.toDataURL()");
  }
}
