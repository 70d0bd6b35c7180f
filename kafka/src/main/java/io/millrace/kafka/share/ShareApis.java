package io.millrace.kafka.share;

import io.millrace.broker.Broker;
import io.millrace.kafka.net.Api;
import java.util.List;

/** The two APIs by which members of share groups read. */
public final class ShareApis {

  private static final short FIRST = 1;
  private static final short NEWEST = 2;

  private ShareApis() {}

  /**
   * The table.
   *
   * @param maxFetchBytes most record bytes in one answer, but for a single batch that is longer
   * @param maxSessionPartitions partitions in one session
   * @param maxRequestBytes longest request
   */
  public static List<Api> table(
      Broker broker, int maxFetchBytes, int maxSessionPartitions, int maxRequestBytes) {
    ShareSessions sessions = new ShareSessions(broker.shares());
    return List.of(
        new Api(
            (short) 78,
            "ShareFetch",
            FIRST,
            NEWEST,
            FIRST,
            (short) 0,
            maxRequestBytes,
            new ShareFetchHandler(broker, sessions, maxFetchBytes, maxSessionPartitions)),
        new Api(
            (short) 79,
            "ShareAcknowledge",
            FIRST,
            NEWEST,
            FIRST,
            (short) 0,
            maxRequestBytes,
            new ShareAcknowledgeHandler(broker, sessions)));
  }
}
