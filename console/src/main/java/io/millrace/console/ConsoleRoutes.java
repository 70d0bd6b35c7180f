package io.millrace.console;

import io.millrace.console.NodeFacts.Listener;
import io.millrace.console.api.AccessApi;
import io.millrace.console.api.AmqpApi;
import io.millrace.console.api.EdgeApi;
import io.millrace.console.api.GroupsApi;
import io.millrace.console.api.JobsApi;
import io.millrace.console.api.MessagesApi;
import io.millrace.console.api.NodeApi;
import io.millrace.console.api.PurgeApi;
import io.millrace.console.api.ReplaysApi;
import io.millrace.console.api.TopicsApi;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Pages;
import io.millrace.console.http.Router;
import io.millrace.console.live.LiveFeed;
import io.millrace.console.metrics.MetricsPage;
import io.millrace.console.schema.RegistryApi;
import io.millrace.console.sql.SqlApi;
import io.millrace.core.Clock;
import io.millrace.core.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** All endpoints of a console, made when the first request comes. */
final class ConsoleRoutes implements AutoCloseable {

  private final ConsoleSources sources;
  private final Clock clock;
  private final Timer timer;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Listener own;
  private volatile @Nullable Router router;
  private @Nullable MetricsPage metrics;
  private @Nullable LiveFeed live;

  ConsoleRoutes(ConsoleSources sources, Clock clock, Timer timer) {
    this.sources = sources;
    this.clock = clock;
    this.timer = timer;
  }

  /** The console's own port is known only once it is open. */
  void opened(String host, int port) {
    own = new Listener("console", (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
  }

  Router router() {
    Router made = router;
    if (made != null) {
      return made;
    }
    making.lock();
    try {
      if (router == null) {
        router = make();
      }
      return router;
    } finally {
      making.unlock();
    }
  }

  private Router make() {
    LiveFeed feed = new LiveFeed(sources, clock, timer);
    live = feed;
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.addAll(new Pages().endpoints());
    endpoints.addAll(new NodeApi(sources.node(), listeners(), clock).endpoints());
    endpoints.addAll(new TopicsApi(sources.broker().topics()).endpoints());
    endpoints.addAll(new MessagesApi(sources.broker().topics()).endpoints());
    endpoints.addAll(new GroupsApi(sources.broker()).endpoints());
    endpoints.addAll(new AccessApi(sources.broker()).endpoints());
    endpoints.addAll(new ReplaysApi(sources.broker()).endpoints());
    endpoints.addAll(new AmqpApi(sources.amqp()).endpoints());
    endpoints.addAll(new JobsApi(sources.jobs()).endpoints());
    endpoints.addAll(new SqlApi(sources.jobs()).endpoints());
    endpoints.addAll(new EdgeApi(sources.edge()).endpoints());
    endpoints.addAll(new PurgeApi(sources.edge()).endpoints());
    endpoints.addAll(feed.endpoints());
    if (sources.schemas() != null) {
      endpoints.addAll(new RegistryApi(sources.schemas()).endpoints());
    }
    endpoints.add(Endpoint.of("GET", "/metrics", request -> metrics().scrape(request)));
    return new Router(endpoints);
  }

  private List<Listener> listeners() {
    List<Listener> all = new ArrayList<>(sources.node().listeners());
    Listener console = own;
    if (console != null) {
      all.add(console);
    }
    return all;
  }

  /** Made by the first scrape: a page view needs no registry. */
  private MetricsPage metrics() {
    making.lock();
    try {
      if (metrics == null) {
        metrics = new MetricsPage(sources, clock);
      }
      return metrics;
    } finally {
      making.unlock();
    }
  }

  @Override
  public void close() {
    making.lock();
    try {
      if (live != null) {
        live.close();
      }
    } finally {
      making.unlock();
    }
  }
}
