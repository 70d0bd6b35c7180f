package io.millrace.broker.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.exchange.TopologyException.Reason;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One binding for each hash: bindings have points on a ring, as many as their weight (the binding
 * key) asks for, and a message goes to the binding whose point comes next after the hash of its
 * routing key, or of the header or property that the exchange's arguments name. A binding that
 * comes or goes moves only the messages of its own points.
 *
 * <p>Cost: a route is a binary search; a change of the bindings sorts all points.
 */
final class ConsistentHashRouter implements Router {

  /** Enough for shares that are within some percent of the weights. */
  private static final int POINTS_OF_A_WEIGHT = 160;

  private static final int MOST_WEIGHT = 1000;
  private static final Set<String> PROPERTIES = Set.of("message_id", "correlation_id", "timestamp");

  private final @Nullable String header;
  private final @Nullable String property;
  private final Map<TopologyEntry.Binding, Bound> bindings = new LinkedHashMap<>();
  private volatile Ring ring = new Ring(new long[0], NONE);

  /** Points in the order of the ring, and whose they are. */
  private record Ring(long[] points, Bound[] bound) {}

  /** Reads the exchange's arguments, which have been checked. */
  ConsistentHashRouter(Map<String, Object> arguments) {
    this.header = text(arguments.get("hash-header"));
    this.property = text(arguments.get("hash-property"));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }

  /** Refuses an exchange's arguments that cannot be followed. */
  static void checkExchange(Map<String, Object> arguments) {
    String property = text(arguments.get("hash-property"));
    if (property != null && arguments.containsKey("hash-header")) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED, "hash-header and hash-property are mutually exclusive");
    }
    if (property != null && !PROPERTIES.contains(property)) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "Unsupported property '"
              + property
              + "' for hash-property; allowed: correlation_id, message_id, timestamp");
    }
  }

  /** Refuses a binding key that is no weight. */
  static void check(String weight) {
    int unused = weight(weight);
  }

  private static int weight(String text) {
    try {
      int weight = Integer.parseInt(text);
      if (weight >= 0 && weight <= MOST_WEIGHT) {
        return weight;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new TopologyException(
        Reason.PRECONDITION_FAILED,
        "The binding key must be an integer: '" + text + "'; allowed: 0 to " + MOST_WEIGHT);
  }

  @Override
  public void bind(Bound bound) {
    bindings.put(bound.binding(), bound);
    arrange();
  }

  @Override
  public void unbind(Bound bound) {
    bindings.remove(bound.binding());
    arrange();
  }

  private void arrange() {
    int count = 0;
    for (Bound each : bindings.values()) {
      count += POINTS_OF_A_WEIGHT * weight(each.binding().routingKey());
    }
    Point[] all = new Point[count];
    int at = 0;
    for (Bound each : bindings.values()) {
      long seed = hash(each.destination().name());
      int points = POINTS_OF_A_WEIGHT * weight(each.binding().routingKey());
      for (int i = 0; i < points; i++) {
        all[at++] = new Point(mix(seed + i), each);
      }
    }
    Arrays.sort(all);
    long[] points = new long[count];
    Bound[] bound = new Bound[count];
    for (int i = 0; i < count; i++) {
      points[i] = all[i].at;
      bound[i] = all[i].bound;
    }
    ring = new Ring(points, bound);
  }

  private record Point(long at, Bound bound) implements Comparable<Point> {
    @Override
    public int compareTo(Point other) {
      return Long.compare(at, other.at);
    }
  }

  @Override
  public void route(Routable message, RouteSet to) {
    Ring now = ring;
    if (now.points.length == 0) {
      return;
    }
    int found = Arrays.binarySearch(now.points, mix(hash(hashed(message))));
    int next = found >= 0 ? found : -found - 1;
    to.add(now.bound[next == now.points.length ? 0 : next].destination());
  }

  private String hashed(Routable message) {
    if (header != null) {
      Object value = message.headers().get(header);
      return value == null ? "" : value.toString();
    }
    if (property != null) {
      String value = message.property(property);
      return value == null ? "" : value;
    }
    return message.routingKey();
  }

  /** FNV-1a of 64 bits. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : text.getBytes(UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64: near inputs end far apart. */
  private static long mix(long value) {
    long mixed = value * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
