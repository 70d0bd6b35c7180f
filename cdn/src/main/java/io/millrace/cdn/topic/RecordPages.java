package io.millrace.cdn.topic;

import io.millrace.broker.topic.Partition;
import io.millrace.broker.topic.Topic;
import io.millrace.cdn.cache.Preconditions;
import io.millrace.cdn.origin.OriginRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/**
 * Answers a GET of records, at once or when there are some.
 *
 * <p>What may be cached: a page that is full and is asked for with the topic's id is the same for
 * ever, since an id is never used again; one with fewer records is the answer of a second; an empty
 * one is asked for anew each time, but by all who wait for the same together.
 */
final class RecordPages {

  static final int USUAL_RECORDS = 500;

  private static final String FOR_EVER = "public, max-age=86400, immutable";
  private static final String FOR_A_SECOND = "public, max-age=1";
  private static final String ASK_AGAIN = "public, max-age=0";

  private final TopicApiSettings settings;
  private final BiConsumer<TopicCall, Runnable> work;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder reads = new LongAdder();

  /**
   * Pages of one route.
   *
   * @param work runs what blocks, and answers the call with whatever that throws
   */
  RecordPages(TopicApiSettings settings, BiConsumer<TopicCall, Runnable> work) {
    this.settings = settings;
    this.work = work;
  }

  /** Pages that were read from the log. */
  long reads() {
    return reads.sum();
  }

  /** Requests that wait for records now. */
  int waiting() {
    return waiting.get();
  }

  /**
   * What is asked for.
   *
   * @param pinned whether the request names the topic's id
   */
  private record Wanted(
      Topic topic,
      Partition partition,
      String offset,
      long from,
      int limit,
      long waitMillis,
      boolean pinned,
      boolean lines) {}

  /**
   * Starts to answer; on the request's loop.
   *
   * @throws Refusal when it is answered with that
   */
  void serve(TopicCall call, Topic topic, Partition partition) {
    Wanted wanted = wanted(call.request(), topic, partition);
    if (wanted.from < partition.highWatermark() || wanted.waitMillis == 0) {
      work.accept(call, () -> answer(call, wanted));
    } else {
      await(call, wanted);
    }
  }

  private Wanted wanted(OriginRequest request, Topic topic, Partition partition) {
    Query query = Query.of(request.target().query());
    String id = query.text("id");
    if (id != null && !id.equals(topic.id().toString())) {
      throw new Refusal(
          410,
          "The topic " + topic.name() + " with that id is gone; there is one with another id.");
    }
    int limit =
        (int)
            query.number(
                "limit", Math.min(USUAL_RECORDS, settings.maxRecords()), 1, settings.maxRecords());
    String offset = query.text("offset");
    if (offset == null) {
      offset = "earliest";
    }
    long from =
        switch (offset) {
          case "earliest" -> partition.startOffset();
          case "latest" -> partition.highWatermark();
          default ->
              Query.number(
                  "The parameter offset is neither earliest nor latest; it",
                  offset,
                  0,
                  Long.MAX_VALUE);
        };
    checkRange(partition, from);
    return new Wanted(
        topic,
        partition,
        offset,
        from,
        limit,
        waitMillis(query),
        id != null,
        accepts(request, Answer.NDJSON));
  }

  private static boolean accepts(OriginRequest request, String mediaType) {
    String accept = request.fields().joined("accept");
    return accept != null && accept.toLowerCase(java.util.Locale.ROOT).contains(mediaType);
  }

  /** Seconds, or a number with its unit. */
  private long waitMillis(Query query) {
    String text = query.text("wait");
    if (text == null) {
      return 0;
    }
    long most = settings.maxWait().toMillis();
    if (text.endsWith("ms")) {
      return Query.number("The parameter wait", text.substring(0, text.length() - 2), 0, most);
    }
    String seconds = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
    return Query.number("The parameter wait", seconds, 0, most / 1000) * 1000;
  }

  private static void checkRange(Partition partition, long from) {
    long start = partition.startOffset();
    long end = partition.highWatermark();
    Map<String, Long> there = Map.of("startOffset", start, "endOffset", end);
    if (from < start) {
      throw new Refusal(
          410,
          "The records before offset " + start + " are deleted; offset " + from + " is one.",
          there);
    }
    if (from > end) {
      throw new Refusal(
          416,
          "The offset " + from + " is past the end of the partition, which is " + end + ".",
          there);
    }
  }

  private void await(TopicCall call, Wanted wanted) {
    if (waiting.incrementAndGet() > settings.maxWaiting()) {
      waiting.decrementAndGet();
      throw Refusal.overloaded("requests that wait");
    }
    AtomicBoolean ended = new AtomicBoolean();
    Runnable wake =
        () -> {
          if (ended.compareAndSet(false, true)) {
            waiting.decrementAndGet();
            work.accept(call, () -> answer(call, wanted));
          }
        };
    Runnable cancelWait = wanted.partition.whenPast(wanted.from, wake);
    var timeout =
        call.request()
            .loop()
            .schedule(
                () -> {
                  cancelWait.run();
                  wake.run();
                },
                wanted.waitMillis,
                TimeUnit.MILLISECONDS);
    call.whenGone(
        () -> {
          var unused = timeout.cancel(false);
          cancelWait.run();
          if (ended.compareAndSet(false, true)) {
            waiting.decrementAndGet();
          }
        });
    call.whenAnswered(() -> timeout.cancel(false));
  }

  /** Reads and answers; blocks. */
  private void answer(TopicCall call, Wanted wanted) {
    // Retention may have been faster than the request.
    checkRange(wanted.partition, wanted.from);
    reads.increment();
    RecordChunk chunk =
        RecordChunk.read(
            wanted.partition,
            wanted.from,
            wanted.limit,
            settings.maxPageBytes(),
            wanted.lines ? RecordChunk.Form.NDJSON : RecordChunk.Form.JSON);
    String next = next(wanted, chunk);
    byte[] body = wanted.lines ? chunk.bytes() : page(wanted, chunk, next);
    boolean named = !wanted.offset.equals("earliest") && !wanted.offset.equals("latest");
    String cacheControl =
        chunk.full() && named && wanted.pinned
            ? FOR_EVER
            : chunk.records() > 0 && named ? FOR_A_SECOND : ASK_AGAIN;
    String etag = etag(body);
    boolean known = Preconditions.notModified(call.request().fields(), etag, null, 0, 0);
    call.answer(
        Answer.of(
                known ? 304 : 200,
                wanted.lines ? Answer.NDJSON : Answer.JSON,
                cacheControl,
                known ? new byte[0] : body)
            .with("ETag", etag)
            .with("Vary", "Accept")
            .with("Millrace-Next-Offset", Long.toString(chunk.next()))
            .with("Link", "<" + next + ">; rel=\"next\""));
  }

  /** Where the following page is: with the topic's id, so that it can be kept once it is full. */
  private String next(Wanted wanted, RecordChunk chunk) {
    StringBuilder link =
        new StringBuilder(settings.pathPrefix())
            .append("/topics/")
            .append(wanted.topic.name())
            .append("/partitions/")
            .append(wanted.partition.id().partition())
            .append("/records?id=")
            .append(wanted.topic.id())
            .append("&offset=")
            .append(chunk.next())
            .append("&limit=")
            .append(wanted.limit);
    if (wanted.waitMillis > 0) {
      long millis = wanted.waitMillis;
      link.append("&wait=").append(millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms");
    }
    return link.toString();
  }

  private static byte[] page(Wanted wanted, RecordChunk chunk, String next) {
    String head =
        "{\"topic\":\""
            + wanted.topic.name()
            + "\",\"id\":\""
            + wanted.topic.id()
            + "\",\"partition\":"
            + wanted.partition.id().partition()
            + ",\"offset\":"
            + wanted.from
            + ",\"next\":"
            + chunk.next()
            + ",\"nextPage\":\""
            + next
            + "\",\"records\":[";
    ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + chunk.bytes().length + 4);
    out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(chunk.bytes());
    out.writeBytes("]}\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** Of the bytes: after a crash that lost records, an offset may come to hold another one. */
  private static String etag(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
