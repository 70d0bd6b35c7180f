package io.millrace.cdn.view;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.cache.Preconditions;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.millrace.cdn.route.Route;
import io.millrace.core.Clock;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Shows topics over HTTP: the newest values of each key as a JSON document, and changes as they
 * come as Server-Sent Events.
 *
 * <pre>
 *   PREFIX/KEY.json     the key's newest values of each topic
 *   PREFIX/index.json   all keys with the newest value of each topic
 *   PREFIX/KEY/live     changes of the key
 *   PREFIX/live         changes of all keys
 * </pre>
 *
 * <p>A record's key, as UTF-8, is the key; its value stands in the document as it is if it is JSON,
 * else as a JSON string. A record without a value takes away what its topic told of the key.
 *
 * <p>One thread reads the topics, however many ask. Any thread may call this; {@link #close} ends
 * the thread and all viewers.
 */
public final class TopicView implements Origin, MeterBinder {

  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  private final TopicViewSettings settings;
  private final ViewState state;
  private final ViewReader reader;
  private final ViewFigures figures = new ViewFigures();
  private final Clock clock;
  private final String cacheControl;

  private TopicView(Topics topics, TopicViewSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.state = new ViewState(settings, figures, clock.millis());
    this.reader = new ViewReader(topics, settings, clock, state, figures);
    this.cacheControl =
        "public, max-age="
            + settings.maxAge().toSeconds()
            + (settings.staleWhileRevalidate().isZero()
                ? ""
                : ", stale-while-revalidate=" + settings.staleWhileRevalidate().toSeconds());
  }

  /** Starts to read. Topics that do not exist yet are waited for. */
  public static TopicView start(Topics topics, TopicViewSettings settings, Clock clock) {
    TopicView view = new TopicView(topics, settings, clock);
    view.reader.start();
    return view;
  }

  /**
   * The route under which an edge serves it, for any host. Clients cannot make the edge ask for
   * more than the settings say: what they send as Cache-Control does not count.
   */
  public Route route() {
    return new Route(
        "*",
        settings.pathPrefix(),
        this,
        new CachePolicy(Integer.MAX_VALUE / 2, settings.notFoundMaxAge(), Duration.ZERO, false));
  }

  @Override
  public OriginCall fetch(OriginRequest request, ResponseListener listener) {
    boolean head = request.method().equals("HEAD");
    if (!head && !request.method().equals("GET")) {
      Fields fields = Fields.of("Allow", "GET, HEAD", "Content-Length", "0");
      answer(listener, new ResponseHead(405, fields), null);
      return OriginCall.DONE;
    }
    switch (ViewPath.of(settings.pathPrefix(), request.target())) {
      case ViewPath.Index unused -> {
        Board board = state.board();
        document(request, listener, board.index(), board.etag(), board.changedMillis());
      }
      case ViewPath.Document wanted -> {
        KeyDocument found = state.document(wanted.key());
        if (found == null) {
          missing(request, listener, "there is no key \"" + wanted.key() + "\"");
        } else {
          document(request, listener, found.body(), found.etag(), found.changedMillis());
        }
      }
      case ViewPath.Live unused -> {
        // A GET is a viewer, and does not come here.
        Fields fields = Fields.of("Content-Type", "text/event-stream", "Cache-Control", "no-store");
        answer(listener, new ResponseHead(200, fields), null);
      }
      case null -> missing(request, listener, "there is nothing under this path");
    }
    return OriginCall.DONE;
  }

  private void document(
      OriginRequest request,
      ResponseListener listener,
      byte[] body,
      String etag,
      long changedMillis) {
    String changed = HttpDate.format(changedMillis);
    Fields.Builder fields =
        new Fields.Builder()
            .add("Content-Type", JSON)
            .add("Cache-Control", cacheControl)
            .add("ETag", etag)
            .add("Last-Modified", changed)
            .add("Access-Control-Allow-Origin", "*")
            .add("X-Content-Type-Options", "nosniff");
    long now = clock.millis();
    if (Preconditions.notModified(request.fields(), etag, changed, now, now)) {
      answer(listener, new ResponseHead(304, fields.build()), null);
      return;
    }
    fields.add("Content-Length", Integer.toString(body.length));
    answer(
        listener,
        new ResponseHead(200, fields.build()),
        request.method().equals("HEAD") ? null : body);
  }

  /** Not there; or not there yet, while the topics' past is still being read. */
  private void missing(OriginRequest request, ResponseListener listener, String detail) {
    boolean early = !reader.isCaughtUp();
    int status = early ? 503 : 404;
    String title = early ? "Service Unavailable" : "Not Found";
    String said = early ? "the view is still reading what its topics hold" : detail;
    byte[] body =
        ("{\"type\":\"about:blank\",\"title\":\""
                + title
                + "\",\"status\":"
                + status
                + ",\"detail\":"
                + new String(RecordValue.quote(said), StandardCharsets.UTF_8)
                + "}\n")
            .getBytes(StandardCharsets.UTF_8);
    Fields.Builder fields =
        new Fields.Builder()
            .add("Content-Type", PROBLEM)
            .add("Access-Control-Allow-Origin", "*")
            .add("Content-Length", Integer.toString(body.length));
    if (early) {
      fields.add("Cache-Control", "no-store").add("Retry-After", "1");
    } else {
      fields.add("Cache-Control", "public, max-age=" + settings.notFoundMaxAge().toSeconds());
    }
    answer(
        listener,
        new ResponseHead(status, fields.build()),
        request.method().equals("HEAD") ? null : body);
  }

  private static void answer(ResponseListener listener, ResponseHead head, byte @Nullable [] body) {
    listener.onHead(head);
    if (body != null) {
      listener.onBody(Unpooled.wrappedBuffer(body));
    }
    listener.onEnd();
  }

  @Override
  public @Nullable EventSource events(RequestTarget target) {
    // Nearly all requests are for documents, and are answered by the cache after this.
    if (!target.path().endsWith("/live")
        || !(ViewPath.of(settings.pathPrefix(), target) instanceof ViewPath.Live live)) {
      return null;
    }
    // A key may come into being while a viewer waits for it, but not one that is always skipped.
    String key = live.key();
    boolean possible =
        key == null || key.getBytes(StandardCharsets.UTF_8).length <= settings.maxKeyBytes();
    return possible ? new Follower(reader.streams(), key) : null;
  }

  /** Whether what was in the topics when it started is shown. */
  public boolean isCaughtUp() {
    return reader.isCaughtUp();
  }

  /** Keys shown now. */
  public int keys() {
    return state.board().keys();
  }

  /** Memory of keys and values, about. */
  public long bytes() {
    return state.bytes();
  }

  /** The version of the newest change: the id of the last event. */
  public long version() {
    return state.board().version();
  }

  /** What it has done. */
  public ViewFigures figures() {
    return figures;
  }

  /** Publishes what is counted, under names that begin with {@code millrace.edge.view}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("millrace.edge.view.keys", this, TopicView::keys)
        .tag("path", settings.pathPrefix())
        .register(registry);
    Gauge.builder("millrace.edge.view.bytes", this, TopicView::bytes)
        .tag("path", settings.pathPrefix())
        .baseUnit("bytes")
        .register(registry);
    count(registry, "reads", figures.reads);
    count(registry, "records", figures.records);
    count(registry, "records.skipped", figures.skipped);
    count(registry, "records.quoted", figures.quoted);
    count(registry, "keys.evicted", figures.evicted);
    count(registry, "published", figures.published);
    count(registry, "events", figures.events);
    count(registry, "viewers.resumed", figures.resumed);
    count(registry, "failures", figures.failures);
  }

  private void count(MeterRegistry registry, String name, LongAdder figure) {
    FunctionCounter.builder("millrace.edge.view." + name, figure, LongAdder::sum)
        .tag("path", settings.pathPrefix())
        .register(registry);
  }

  /** Ends the reader and all viewers. */
  @Override
  public void close() {
    reader.close();
  }
}
