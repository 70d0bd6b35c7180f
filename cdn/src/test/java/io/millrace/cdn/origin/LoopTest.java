package io.millrace.cdn.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cdn.EdgeFixture;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.http.HeadLimits;
import io.millrace.cdn.route.Route;
import io.millrace.cdn.route.RouteTable;
import io.millrace.cdn.server.EdgeLimits;
import io.millrace.core.Clock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Routes that lead back to the edge (RFC 8586). */
@Timeout(30)
class LoopTest {

  private static final String PROBLEM =
      "the request has passed this edge before: the proxy of a route for it leads back here\n";

  private static RouteTable to(Origin origin) {
    return new RouteTable(List.of(new Route("*", "/", origin, CachePolicy.DEFAULT)));
  }

  private static HttpOrigin http(EdgeFixture edge) {
    return new HttpOrigin(
        HttpOrigin.Settings.of("127.0.0.1", edge.edge.port()), HeadLimits.DEFAULT, Clock.system());
  }

  @Test
  void aRouteToTheEdgeItselfIsToldAtOnce() throws Exception {
    try (EdgeFixture edge =
        new EdgeFixture(new RouteTable(List.of()), Clock.system(), EdgeLimits.DEFAULT)) {
      try (HttpOrigin itself = http(edge)) {
        edge.edge.route(to(itself));

        HttpResponse<String> read = edge.get("/x");
        HttpResponse<String> written =
            edge.client.send(
                HttpRequest.newBuilder(edge.uri("/x"))
                    .POST(BodyPublishers.ofString("order"))
                    .build(),
                BodyHandlers.ofString());

        assertThat(read.statusCode()).isEqualTo(508);
        assertThat(read.body()).isEqualTo(PROBLEM);
        assertThat(written.statusCode()).isEqualTo(508);
        assertThat(edge.edge.cacheFigures().originFetches.sum()).as("one each").isEqualTo(2);
      }
    }
  }

  @Test
  void aLoopOverAnotherEdgeIsFoundAndEdgesBehindEdgesAreNone() throws Exception {
    try (EdgeFixture front =
            new EdgeFixture(new RouteTable(List.of()), Clock.system(), EdgeLimits.DEFAULT);
        HttpOrigin toFront = http(front);
        EdgeFixture back = new EdgeFixture(to(toFront), Clock.system(), EdgeLimits.DEFAULT);
        HttpOrigin toBack = http(back)) {
      front.edge.route(to(toBack));
      assertThat(front.get("/x").statusCode()).isEqualTo(508);

      try (ScriptedOrigin server = new ScriptedOrigin();
          HttpOrigin toServer = EdgeFixture.http(server, Clock.system())) {
        server.answers("x", "Cache-Control: no-store");
        back.edge.route(to(toServer));

        HttpResponse<String> answer = front.get("/y", "CDN-Loop", "other; v=1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(server.requests.getFirst().field("CDN-Loop"))
            .matches("other; v=1, millrace-\\w+, millrace-\\w+");
      }
    }
  }

  @Test
  void aClientCannotHideALoop() throws Exception {
    try (EdgeFixture edge =
        new EdgeFixture(new RouteTable(List.of()), Clock.system(), EdgeLimits.DEFAULT)) {
      try (HttpOrigin itself = http(edge)) {
        edge.edge.route(to(itself));

        assertThat(
                edge.exchange("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close, CDN-Loop\r\n\r\n"))
            .startsWith("HTTP/1.1 508 Loop Detected\r\n");
      }
    }
  }
}
