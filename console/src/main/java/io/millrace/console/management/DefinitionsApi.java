package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;

import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.http.Answer;
import java.util.List;

/** {@code /api/definitions}: all that was declared, out and in. */
final class DefinitionsApi {

  private final ManagementSources sources;

  DefinitionsApi(ManagementSources sources) {
    this.sources = sources;
  }

  List<ManagementEndpoint> endpoints() {
    return List.of(
        get(
            "/definitions",
            Access.ADMINISTRATOR,
            "all definitions, with password hashes",
            call -> Answers.ok(new DefinitionsExport(sources).all())),
        post("/definitions", Access.ADMINISTRATOR, "makes what they describe", this::load),
        get(
            "/definitions/{vhost}",
            Access.POLICYMAKER,
            "those of a virtual host",
            call -> Answers.ok(new DefinitionsExport(sources).of(call.host()))),
        post(
            "/definitions/{vhost}",
            Access.POLICYMAKER,
            "makes what they describe there",
            this::loadInto));
  }

  private Answer load(Call call) throws InterruptedException {
    new DefinitionsImport(sources, null).all(read(call));
    return Answer.noContent();
  }

  private Answer loadInto(Call call) throws InterruptedException {
    VirtualHost host = call.hostToChange();
    new DefinitionsImport(sources, host).all(read(call));
    return Answer.noContent();
  }

  private static Body read(Call call) {
    return Body.of(call.request().body(), "failed_to_parse_json");
  }
}
