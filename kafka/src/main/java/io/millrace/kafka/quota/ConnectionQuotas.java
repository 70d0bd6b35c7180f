package io.millrace.kafka.quota;

import io.millrace.broker.NodeSetting;
import io.millrace.broker.Reconfigurable;
import io.millrace.broker.topic.TopicSetting;
import io.millrace.core.Clock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there are and how fast they come, of the node, through each port and from
 * each address, and what is allowed of each. The limits are changed while the node runs (KIP-402,
 * KIP-612): they count for connections that come from then on. Any thread.
 */
public final class ConnectionQuotas implements Reconfigurable {

  private static final String MOST = "max.connections";
  private static final String MOST_PER_IP = "max.connections.per.ip";
  private static final String OVERRIDES = "max.connections.per.ip.overrides";
  private static final String RATE = "max.connection.creation.rate";
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final ConnectionQuotaSettings started;
  private final int windowMillis;
  private final Count node;
  private final Map<String, Count> ports = new HashMap<>();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
  private volatile int mostPerIp;
  private volatile Map<InetAddress, Integer> overrides;

  /** The connections of the node, or of a port. */
  private static final class Count {

    final AtomicInteger open = new AtomicInteger();
    final RateAccount rate;
    volatile int most = UNLIMITED;
    volatile int mostPerSecond = UNLIMITED;

    Count(QuotaSettings windows, Clock clock) {
      rate = new RateAccount(UNLIMITED, windows, clock);
    }

    boolean tryOpen() {
      if (open.incrementAndGet() <= most) {
        return true;
      }
      open.decrementAndGet();
      return false;
    }

    void limitRate(int perSecond) {
      mostPerSecond = perSecond;
      rate.limit(perSecond);
    }

    int charge() {
      return mostPerSecond == UNLIMITED ? 0 : rate.charge(1);
    }
  }

  /**
   * @param started what the node was started with
   * @param ports the names of all ports
   * @param windows over which time the rate is averaged
   */
  public ConnectionQuotas(
      ConnectionQuotaSettings started, List<String> ports, QuotaSettings windows, Clock clock) {
    this.started = started;
    this.windowMillis = (int) windows.window().toMillis();
    this.node = new Count(windows, clock);
    ports.forEach(port -> this.ports.put(port, new Count(windows, clock)));
    this.mostPerIp = started.maxPerIp();
    this.overrides = started.maxPerIpOverrides();
    reconfigure(Map.of());
  }

  private Count port(String name) {
    Count count = ports.get(name);
    if (count == null) {
      throw new IllegalArgumentException("there is no port named " + name);
    }
    return count;
  }

  /**
   * Counts a connection if there may be one more; then {@link #closed} must follow.
   *
   * @param address null for one that is of no address
   */
  public boolean tryOpen(String port, @Nullable InetAddress address) {
    if (!node.tryOpen()) {
      return false;
    }
    Count through = port(port);
    if (!through.tryOpen()) {
      node.open.decrementAndGet();
      return false;
    }
    if (address != null && !tryOpen(address)) {
      through.open.decrementAndGet();
      node.open.decrementAndGet();
      return false;
    }
    return true;
  }

  private boolean tryOpen(InetAddress address) {
    int most = overrides.getOrDefault(address, mostPerIp);
    if (byAddress.merge(address, 1, Integer::sum) <= most) {
      return true;
    }
    closed(address);
    return false;
  }

  /** A connection that was counted has gone. */
  public void closed(String port, @Nullable InetAddress address) {
    port(port).open.decrementAndGet();
    node.open.decrementAndGet();
    if (address != null) {
      closed(address);
    }
  }

  private void closed(InetAddress address) {
    byAddress.computeIfPresent(address, (unused, open) -> open == 1 ? null : open - 1);
  }

  /**
   * Charges for a connection through a port.
   *
   * @return milliseconds for which no further one is to be accepted there; at most one window, as
   *     in Kafka
   */
  public int pauseMillis(String port) {
    return Math.min(windowMillis, Math.max(node.charge(), port(port).charge()));
  }

  /** Connections from an address. */
  public int from(InetAddress address) {
    return byAddress.getOrDefault(address, 0);
  }

  // ---- settings ----

  @Override
  public List<NodeSetting> settings() {
    List<NodeSetting> all = new ArrayList<>();
    all.add(number(MOST, "Open connections of clients; further ones are closed."));
    all.add(number(MOST_PER_IP, "Open connections from one address; further ones are closed."));
    all.add(
        new NodeSetting(
            OVERRIDES,
            TopicSetting.Type.STRING,
            IpOverrides.ALLOWED,
            "The same for single addresses.",
            value -> IpOverrides.parse(value) != null));
    all.add(number(RATE, "Connections that are accepted in a second."));
    for (String port : ports.keySet()) {
      all.add(number(of(port, MOST), "Open connections through that port."));
      all.add(number(of(port, RATE), "Connections that are accepted there in a second."));
    }
    return all;
  }

  private static NodeSetting number(String name, String doc) {
    return NodeSetting.number(name, TopicSetting.Type.INT, 0, UNLIMITED, doc);
  }

  /** Kafka's name of a setting of one port. */
  private static String of(String port, String setting) {
    return "listener.name." + port + "." + setting;
  }

  @Override
  public void check(Map<String, String> changed) {
    // Each is allowed whatever the others are.
  }

  @Override
  public void reconfigure(Map<String, String> changed) {
    node.most = number(changed, MOST, started.maxConnections());
    node.limitRate(number(changed, RATE, started.maxCreationRate()));
    ports.forEach(
        (name, port) -> {
          port.most = number(changed, of(name, MOST), UNLIMITED);
          port.limitRate(number(changed, of(name, RATE), UNLIMITED));
        });
    mostPerIp = number(changed, MOST_PER_IP, started.maxPerIp());
    String text = changed.get(OVERRIDES);
    Map<InetAddress, Integer> given = text == null ? null : IpOverrides.parse(text);
    overrides = given == null ? started.maxPerIpOverrides() : Map.copyOf(given);
  }

  private static int number(Map<String, String> changed, String name, int usual) {
    String value = changed.get(name);
    return value == null ? usual : Integer.parseInt(value.strip());
  }
}
