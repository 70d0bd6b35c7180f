package io.millrace.cdn.route;

import io.millrace.cdn.http.RequestTarget;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All routes of an edge. Immutable; a change makes another table.
 *
 * @param routes those of a named host before those of any, longer prefixes before shorter ones
 */
public record RouteTable(List<Route> routes) {

  /** Puts the routes in the order in which they are tried. */
  public RouteTable {
    routes =
        routes.stream()
            .sorted(
                Comparator.comparing((Route route) -> route.host().equals("*"))
                    .thenComparingInt(route -> -route.pathPrefix().length()))
            .toList();
  }

  /** The route of a request, or null. */
  public @Nullable Route find(RequestTarget target) {
    String hostName = target.hostName();
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).matches(hostName, target.path())) {
        return routes.get(i);
      }
    }
    return null;
  }
}
