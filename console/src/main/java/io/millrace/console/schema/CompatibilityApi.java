package io.millrace.console.schema;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Request;
import io.millrace.schema.NewSchema;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.Version;
import java.util.List;

/** Whether a schema could follow what a subject has, without registering it. */
final class CompatibilityApi {

  private final SchemaRegistry registry;

  CompatibilityApi(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** {@code /compatibility} and what is below it. */
  List<Endpoint> endpoints() {
    String versions = "/compatibility/subjects/{subject}/versions";
    return List.of(
        RegistryAnswers.endpoint("POST", versions, this::withSubject),
        RegistryAnswers.endpoint("POST", versions + "/{version}", this::withVersion));
  }

  private Answer withSubject(Request request) throws InterruptedException {
    return answer(
        request,
        registry.incompatibilities(
            request.path("subject"), schema(request), Parameters.is(request, "normalize")));
  }

  private Answer withVersion(Request request) throws InterruptedException {
    Version version = Version.of(request.path("version"));
    return answer(
        request,
        registry.incompatibilities(
            request.path("subject"),
            version,
            schema(request),
            Parameters.is(request, "normalize")));
  }

  private static NewSchema schema(Request request) {
    return SchemaDocuments.schema(SchemaDocuments.body(request));
  }

  private static Answer answer(Request request, List<String> messages) {
    ObjectNode document =
        JsonNodeFactory.instance.objectNode().put("is_compatible", messages.isEmpty());
    if (Parameters.is(request, "verbose")) {
      var told = document.putArray("messages");
      messages.forEach(told::add);
    }
    return RegistryAnswers.of(request, document);
  }
}
