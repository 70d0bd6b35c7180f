package io.millrace.console.metrics;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.group.GroupCoordinator.GroupListing;
import io.millrace.console.api.GroupLag;
import io.millrace.console.api.Stages;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Consumer groups: the lag of each per topic, for the first {@value #MOST_GROUPS} by name. */
final class GroupCollector implements MultiCollector {

  private static final int MOST_GROUPS = 200;

  private final Broker broker;

  GroupCollector(Broker broker) {
    this.broker = broker;
  }

  @Override
  public MetricSnapshots collect() {
    Families families = new Families();
    try {
      List<GroupListing> groups = Stages.await(broker.groups().list());
      families.gauge("millrace_broker_groups", "Consumer groups", groups.size());
      List<String> names =
          groups.stream()
              .map(GroupListing::group)
              .sorted(Comparator.naturalOrder())
              .limit(MOST_GROUPS)
              .toList();
      for (String name : names) {
        TreeMap<String, Long> byTopic = new TreeMap<>();
        for (GroupLag lag :
            GroupLag.of(Stages.await(broker.groups().committed(name, null)), broker.topics())) {
          byTopic.merge(lag.topic(), lag.lag() == null ? 0 : lag.lag(), Long::sum);
        }
        byTopic.forEach(
            (topic, lag) ->
                families.gauge(
                    "millrace_broker_group_lag_records",
                    "Records that a consumer group has not read yet",
                    lag,
                    "group",
                    name,
                    "topic",
                    topic));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BrokerException e) {
      // A coordinator that is loading or closing has no figures; the others' are still wanted.
      return new Families().build();
    }
    return families.build();
  }
}
