package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.LoadState;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The board in a real browser while flights are replayed. */
class BoardPageTest {

  private static final double PATIENCE_MILLIS = 60_000;

  @Test
  void theChartMovesWhileEventsFlow(@TempDir Path data) throws Exception {
    Optional<Path> chromium = chromium();
    assumeThat(chromium).as("a Chromium on the PATH").isPresent();
    DemoSettings settings =
        DemoFixture.settings(data, Duration.ofMinutes(30), Duration.ofSeconds(20), 20);
    try (Demo demo = Demo.start(settings, "test", listener -> {});
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = launch(playwright, chromium.orElseThrow())) {
      Page page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1440, 960));
      List<String> problems = new CopyOnWriteArrayList<>();
      page.onPageError(problems::add);
      page.onConsoleMessage(
          message -> {
            // An airport without flights so far has no document yet.
            if (message.type().equals("error") && !message.text().contains("404")) {
              problems.add(message.text());
            }
          });
      FutureTask<DemoSummary> replay = new FutureTask<>(() -> demo.run(DemoFixture.progress()));
      Thread.ofPlatform().daemon().start(replay);
      page.navigate(demo.board().toString());
      page.waitForLoadState(LoadState.DOMCONTENTLOADED);

      waitForResults(page, 2_000);
      String clock = page.locator("#clock").textContent();
      String hours = picture(page, "hours");
      String days = picture(page, "days");
      waitForResults(page, 20_000);

      assertThat(page.locator("#link").textContent()).isEqualTo("live");
      assertThat(page.locator("#clock").textContent()).isNotEqualTo(clock);
      assertThat(picture(page, "hours")).as("the chart by the hour").isNotEqualTo(hours);
      assertThat(picture(page, "days")).as("the chart by the day").isNotEqualTo(days);
      assertThat(visibleBubbles(page)).as("airports on the map").isGreaterThan(20);
      assertThat(page.locator("#list tr .flap").count()).isGreaterThan(30);
      Path picture = Path.of("target", "board.png");
      page.screenshot(new Page.ScreenshotOptions().setPath(picture));
      assertThat(picture).isNotEmptyFile();

      // In one step of the page: the ranks move meanwhile, so a row may show another airport by the
      // time that a pointer is over it.
      page.evaluate("document.querySelector('#list tr[aria-selected=false]').click()");
      page.waitForFunction("document.querySelector('#airport-departures').textContent !== '–'");
      assertThat(page.url()).doesNotEndWith("#DFW");

      assertThat(replay.get().differences()).isEmpty();
      assertThat(problems).isEmpty();
    }
  }

  private static void waitForResults(Page page, int results) {
    page.waitForFunction(
        "results => Number(document.querySelector('#figure-results').textContent.replaceAll(',', ''))"
            + " >= results",
        results,
        new Page.WaitForFunctionOptions().setTimeout(PATIENCE_MILLIS));
  }

  private static String picture(Page page, String canvas) {
    return (String) page.evaluate("id => document.getElementById(id).toDataURL()", canvas);
  }

  private static int visibleBubbles(Page page) {
    return (Integer)
        page.evaluate(
            "[...document.querySelectorAll('.airport-bubble')]"
                + ".filter(bubble => Number(bubble.getAttribute('r')) > 0).length");
  }

  private static Browser launch(Playwright playwright, Path chromium) {
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(chromium)
                // A browser's own sandbox does not work for root, which containers often are.
                .setArgs(List.of("--no-sandbox")));
  }

  private static Optional<Path> chromium() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
