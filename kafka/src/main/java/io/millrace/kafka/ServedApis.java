package io.millrace.kafka;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.control.ControlApis;
import io.millrace.kafka.control.LogLevels;
import io.millrace.kafka.control.NodeIdentity;
import io.millrace.kafka.fetch.FetchHandler;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiTable;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.produce.ProduceHandler;
import io.millrace.kafka.share.ShareApis;
import io.millrace.kafka.telemetry.ClientTelemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** All APIs that a node serves: the table that docs/kafka.md shows. */
final class ServedApis {

  private static final int MOST_SESSION_PARTITIONS = 100_000;

  private ServedApis() {}

  static ApiTable table(
      Broker broker,
      KafkaSettings settings,
      Supplier<NodeIdentity> identity,
      KafkaMetrics metrics,
      ClientTelemetry telemetry,
      LogLevels loggers) {
    List<Api> all = new ArrayList<>();
    int longestControl = settings.maxControlRequestBytes();
    // librdkafka up to 2.9 takes a node without Produce 0 for one too old to talk to, though it
    // never asks for it.
    all.add(
        new Api(
            (short) 0,
            "Produce",
            (short) 3,
            (short) 13,
            (short) 0,
            (short) 9,
            settings.maxRequestBytes(),
            new ProduceHandler(broker.topics(), broker.transactions())));
    all.add(
        new Api(
            (short) 1,
            "Fetch",
            (short) 4,
            (short) 18,
            (short) 4,
            (short) 12,
            longestControl,
            new FetchHandler(
                broker.topics(),
                settings.maxFetchBytes(),
                MOST_SESSION_PARTITIONS,
                Clock.system())));
    all.addAll(
        ShareApis.table(broker, settings.maxFetchBytes(), MOST_SESSION_PARTITIONS, longestControl));
    all.addAll(
        new ControlApis(
                broker,
                Clock.system(),
                settings.security().sasl(),
                settings.security().authorizer().enabled(),
                metrics,
                telemetry,
                identity,
                settings.autoCreateTopics(),
                settings.byName(),
                KafkaSettings.defaults().byName(),
                loggers,
                longestControl,
                () -> all)
            .table());
    return new ApiTable(all);
  }
}
