package io.millrace.cdn.topic;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.broker.BrokerException;
import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.Topics;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.RequestTarget;
import io.millrace.cdn.origin.EventSource;
import io.millrace.cdn.origin.Origin;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.origin.OriginRequest;
import io.millrace.cdn.origin.ResponseListener;
import io.millrace.cdn.route.Route;
import io.millrace.core.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves topics over HTTP, as {@code docs/http.md} describes it. Any event loop calls it; {@link
 * #close} interrupts what is at work.
 */
public final class TopicApi implements Origin, MeterBinder {

  private static final Logger LOG = LoggerFactory.getLogger(TopicApi.class);

  /** What HTML forms and {@code curl -d} send unless told otherwise: likely not meant. */
  private static final Set<String> FORM_TYPES =
      Set.of("application/x-www-form-urlencoded", "multipart/form-data");

  private final Topics topics;
  private final TopicApiSettings settings;
  private final Clock clock;
  private final byte[] description;
  private final AtomicLong bytesInFlight = new AtomicLong();
  private final Semaphore room;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("topics-", 0).factory());
  private final RecordPages pages;
  private final LiveChunks chunks = new LiveChunks(threads);

  /** Serves the topics of a broker. */
  public TopicApi(Topics topics, TopicApiSettings settings, Clock clock) {
    this.topics = topics;
    this.settings = settings;
    this.clock = clock;
    this.room = new Semaphore(settings.maxWorking());
    this.pages = new RecordPages(settings, this::work);
    this.description = OpenApi.document(settings.pathPrefix());
  }

  /**
   * The route under which an edge serves it. What clients send as Cache-Control does not count: one
   * must not make the log be read for all.
   *
   * @param host in lower case without a port, or {@code *} for all
   */
  public Route route(String host) {
    return new Route(
        host,
        settings.pathPrefix(),
        this,
        new CachePolicy(Integer.MAX_VALUE / 2, Duration.ZERO, Duration.ZERO, false));
  }

  /** Bytes of request bodies that are not answered yet. */
  public long bytesInFlight() {
    return bytesInFlight.get();
  }

  /** Requests that wait for records now, those that the cache answers with one of them aside. */
  public int waiting() {
    return pages.waiting();
  }

  /** Pages that were read from the log; what the cache answers with one of them costs none. */
  public long reads() {
    return pages.reads();
  }

  @Override
  public OriginCall fetch(OriginRequest request, ResponseListener listener) {
    TopicCall call = new TopicCall(request, listener, settings, bytesInFlight);
    try {
      start(call);
    } catch (Refusal e) {
      call.refuse(e);
    } catch (BrokerException e) {
      call.refuse(Refusal.of(e));
    }
    return call;
  }

  private void start(TopicCall call) {
    OriginRequest request = call.request();
    ApiPath path = ApiPath.of(settings.pathPrefix(), request.target());
    if (path == null) {
      throw new Refusal(404, "There is nothing at " + request.target().path() + ".");
    }
    boolean writes = path instanceof ApiPath.OneTopic && settings.writable();
    String allow = writes ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
    switch (request.method()) {
      case "OPTIONS" -> call.answer(Cors.preflight(allow));
      case "GET", "HEAD" -> get(call, path);
      case "POST" -> {
        if (path instanceof ApiPath.OneTopic wanted) {
          post(call, wanted.topic());
        } else {
          call.answer(notAllowed(request, allow));
        }
      }
      default -> call.answer(notAllowed(request, allow));
    }
  }

  private static Answer notAllowed(OriginRequest request, String allow) {
    return Answer.of(
            new Refusal(
                405,
                request.method()
                    + " is not allowed at "
                    + request.target().path()
                    + ", only "
                    + allow
                    + "."))
        .with("Allow", allow);
  }

  private void get(TopicCall call, ApiPath path) {
    switch (path) {
      case ApiPath.Description unused ->
          call.answer(Answer.of(200, Answer.JSON, "public, max-age=60", description));
      case ApiPath.AllTopics unused ->
          call.answer(
              Answer.of(200, Answer.JSON, "public, max-age=0", TopicDocuments.list(shown())));
      case ApiPath.OneTopic wanted -> {
        byte[] body = TopicDocuments.one(topic(wanted.topic()));
        call.answer(Answer.of(200, Answer.JSON, "public, max-age=0", body));
      }
      case ApiPath.Records wanted -> {
        Topic topic = topic(wanted.topic());
        pages.serve(call, topic, partition(topic, wanted.partition(), call.request().target()));
      }
      case ApiPath.Live wanted -> {
        // A GET is a viewer, and comes here only when there is nothing to follow.
        Partition followed =
            partition(topic(wanted.topic()), wanted.partition(), call.request().target());
        offset(followed, Query.of(call.request().target().query()));
        call.answer(Answer.of(200, "text/event-stream", Answer.NO_STORE, new byte[0]));
      }
    }
  }

  private Topic topic(String name) {
    Topic topic = topics.find(name);
    if (topic == null || !isShown(topic)) {
      throw Refusal.noTopic(name);
    }
    return topic;
  }

  private boolean isShown(Topic topic) {
    return !topic.internal() && settings.shows(topic.name());
  }

  /** The partition that the path names, or the query, or the only one. */
  private static Partition partition(Topic topic, @Nullable String inPath, RequestTarget target) {
    int partitions = topic.partitions().size();
    String named = inPath == null ? Query.of(target.query()).text("partition") : inPath;
    if (named == null && partitions > 1) {
      throw new Refusal(
          400,
          "The topic "
              + topic.name()
              + " has "
              + partitions
              + " partitions: name one, as in /topics/"
              + topic.name()
              + "/partitions/0/records.");
    }
    String text = named == null ? "0" : named;
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) >= partitions) {
      throw new Refusal(
          404,
          "The topic "
              + topic.name()
              + " has no partition \""
              + text
              + "\", only 0 to "
              + (partitions - 1)
              + ".");
    }
    return topic.partitions().get(Integer.parseInt(text));
  }

  private List<Topic> shown() {
    return topics.all().stream()
        .filter(this::isShown)
        .sorted(Comparator.comparing(Topic::name))
        .toList();
  }

  private void post(TopicCall call, String name) {
    OriginRequest request = call.request();
    if (!settings.writable()) {
      throw new Refusal(
          403, "Records cannot be written here (edge.topics.writable); reading is allowed.");
    }
    Cors.checkWrite(settings, request.target().host(), request.fields());
    Topic topic = topic(name);
    String type = mediaType(request.fields());
    if (FORM_TYPES.contains(type)) {
      throw new Refusal(
          415,
          "A body of type "
              + type
              + " is not taken: say Content-Type: application/json, application/x-ndjson,"
              + " text/plain or another type of a record's value.");
    }
    if (request.body() instanceof Framing.Length length
        && length.bytes() > settings.maxBodyBytes()) {
      throw TopicCall.tooLarge(settings.maxBodyBytes());
    }
    call.collect(
        body ->
            work(
                call,
                () ->
                    TopicWriter.write(
                        topic,
                        Posted.records(request, type, body, settings.maxRecords()),
                        clock,
                        call::answer)));
    if (request.body() instanceof Framing.None) {
      call.sendEnd();
    }
  }

  private static String mediaType(Fields fields) {
    String type = fields.first("content-type");
    if (type == null) {
      return "application/octet-stream";
    }
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  /** Runs what may block on a virtual thread; whatever it throws is the answer. */
  private void work(TopicCall call, Runnable what) {
    if (!room.tryAcquire()) {
      call.answer(Answer.of(Refusal.overloaded("requests")));
      return;
    }
    try {
      threads.execute(
          () -> {
            try {
              what.run();
            } catch (Refusal e) {
              call.answer(Answer.of(e));
            } catch (BrokerException e) {
              call.answer(Answer.of(Refusal.of(e)));
            } catch (RuntimeException e) {
              LOG.error("{} {} failed", call.request().method(), call.request().target(), e);
              call.answer(
                  Answer.of(
                      new Refusal(500, "The request failed inside the node; its log says why.")));
            } finally {
              room.release();
            }
          });
    } catch (RejectedExecutionException e) {
      room.release();
      call.answer(Answer.of(new Refusal(503, "The node is closing.")));
    }
  }

  @Override
  public @Nullable EventSource events(RequestTarget target) {
    if (!target.path().endsWith("/live")
        || !(ApiPath.of(settings.pathPrefix(), target) instanceof ApiPath.Live live)) {
      return null;
    }
    try {
      Topic topic = topic(live.topic());
      Partition partition = partition(topic, live.partition(), target);
      long offset = offset(partition, Query.of(target.query()));
      return new TopicFollower(topics, chunks, settings, topic, partition, offset);
    } catch (Refusal e) {
      // The request is answered as an ordinary one, which says why.
      return null;
    }
  }

  private static long offset(Partition partition, Query query) {
    String text = query.text("offset");
    if (text == null || text.equals("latest")) {
      return partition.highWatermark();
    }
    return text.equals("earliest")
        ? partition.startOffset()
        : Query.number("The parameter offset", text, 0, partition.highWatermark());
  }

  /** Publishes what is counted, under names that begin with {@code millrace.edge.topics}. */
  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("millrace.edge.topics.waiting", this, TopicApi::waiting)
        .tag("path", settings.pathPrefix())
        .register(registry);
    Gauge.builder("millrace.edge.topics.bytes.in.flight", this, TopicApi::bytesInFlight)
        .tag("path", settings.pathPrefix())
        .register(registry);
    FunctionCounter.builder("millrace.edge.topics.reads", this, TopicApi::reads)
        .tag("path", settings.pathPrefix())
        .register(registry);
  }

  /** Interrupts what is at work. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
