package io.millrace.broker.exchange;

import io.millrace.broker.exchange.TopologyException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bindings whose arguments name headers: all of them have to be there with that value, or any one,
 * as {@code x-match} says. Names that begin with {@code x-} count with {@code all-with-x} and
 * {@code any-with-x} only. An argument without a value asks for the header with any.
 */
final class HeadersRouter implements Router {

  private static final String MATCH = "x-match";

  private final Map<TopologyEntry.Binding, Bound> bindings = new LinkedHashMap<>();
  private volatile Bound[] all = NONE;

  /** Refuses an {@code x-match} that is none. */
  static void check(Map<String, Object> arguments) {
    Object match = arguments.getOrDefault(MATCH, "all");
    if (!(match instanceof String text)) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "Invalid x-match field type "
              + match.getClass().getSimpleName()
              + " (value "
              + match
              + "); expected longstr");
    }
    if (!java.util.Set.of("all", "any", "all-with-x", "any-with-x").contains(text)) {
      throw new TopologyException(
          Reason.PRECONDITION_FAILED,
          "Invalid x-match field value " + text + "; expected all, any, all-with-x, or any-with-x");
    }
  }

  @Override
  public void bind(Bound bound) {
    bindings.put(bound.binding(), bound);
    all = bindings.values().toArray(NONE);
  }

  @Override
  public void unbind(Bound bound) {
    bindings.remove(bound.binding());
    all = bindings.values().toArray(NONE);
  }

  @Override
  public void route(Routable message, RouteSet to) {
    Bound[] now = all;
    if (now.length == 0) {
      return;
    }
    Map<String, Object> headers = message.headers();
    for (Bound each : now) {
      if (matches(each.binding().arguments(), headers)) {
        to.add(each.destination());
      }
    }
  }

  static boolean matches(Map<String, Object> arguments, Map<String, Object> headers) {
    String match = String.valueOf(arguments.getOrDefault(MATCH, "all"));
    boolean any = match.startsWith("any");
    boolean withX = match.endsWith("-with-x");
    for (Map.Entry<String, Object> each : arguments.entrySet()) {
      String name = each.getKey();
      if (name.equals(MATCH) || (!withX && name.startsWith("x-"))) {
        continue;
      }
      if (holds(name, each.getValue(), headers) == any) {
        return any;
      }
    }
    return !any;
  }

  private static boolean holds(String name, @Nullable Object wanted, Map<String, Object> headers) {
    return headers.containsKey(name)
        && (wanted == null || Arguments.same(wanted, headers.get(name)));
  }
}
