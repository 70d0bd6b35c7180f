package io.millrace.console.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Request;
import io.millrace.schema.RegistryError;
import io.millrace.schema.RegistryException;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.SubjectConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compatibility levels and modes: of a subject, a context, or all. */
final class SettingsApi {

  private final SchemaRegistry registry;

  SettingsApi(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** {@code /config} and {@code /mode}, and what is below them. */
  List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String path : List.of("/config", "/config/{subject}")) {
      endpoints.add(RegistryAnswers.endpoint("GET", path, this::config));
      endpoints.add(RegistryAnswers.endpoint("PUT", path, this::setConfig));
      endpoints.add(RegistryAnswers.endpoint("DELETE", path, this::deleteConfig));
    }
    for (String path : List.of("/mode", "/mode/{subject}")) {
      endpoints.add(RegistryAnswers.endpoint("GET", path, this::mode));
      endpoints.add(RegistryAnswers.endpoint("PUT", path, this::setMode));
      endpoints.add(RegistryAnswers.endpoint("DELETE", path, this::deleteMode));
    }
    return endpoints;
  }

  /** A subject or context; empty for all. */
  private static String scope(Request request) {
    return request.path().getOrDefault("subject", "");
  }

  // ---- compatibility ----

  private Answer config(Request request) throws InterruptedException {
    String scope = scope(request);
    boolean wider = scope.isEmpty() || Parameters.is(request, "defaultToGlobal");
    SubjectConfig config = wider ? registry.configInForce(scope) : registry.config(scope);
    if (config.compatibility() == null) {
      // Only its normalisation was set: the level is the one in force.
      config = new SubjectConfig(registry.configInForce(scope).compatibility(), config.normalize());
    }
    return RegistryAnswers.of(request, document("compatibilityLevel", config));
  }

  private static ObjectNode document(String levelMember, SubjectConfig config) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    if (config.compatibility() != null) {
      document.put(levelMember, config.compatibility().name());
    }
    // Old clients know of levels only.
    if (config.normalize() != null && config.normalize()) {
      document.put("normalize", true);
    }
    return document;
  }

  private Answer setConfig(Request request) throws InterruptedException {
    String scope = scope(request);
    JsonNode body = SchemaDocuments.body(request);
    String name = SchemaDocuments.text(body, "compatibility");
    CompatibilityLevel level = name == null ? null : CompatibilityLevel.named(name);
    JsonNode normalize = body.path("normalize");
    if ((name != null && level == null) || (name == null && !normalize.isBoolean())) {
      throw new RegistryException(
          RegistryError.INVALID_COMPATIBILITY,
          "Invalid compatibility level. Valid values are none, backward, forward, full,"
              + " backward_transitive, forward_transitive, and full_transitive");
    }
    SubjectConfig config =
        new SubjectConfig(level, normalize.isBoolean() ? normalize.booleanValue() : null);
    registry.setConfig(scope, config);
    return RegistryAnswers.of(request, document("compatibility", config));
  }

  private Answer deleteConfig(Request request) throws InterruptedException {
    String scope = scope(request);
    SubjectConfig old;
    if (scope.isEmpty() && registry.state().config("") == null) {
      old = registry.configInForce("");
    } else {
      old = registry.deleteConfig(scope);
    }
    return RegistryAnswers.of(request, document("compatibilityLevel", old));
  }

  // ---- modes ----

  private Answer mode(Request request) throws InterruptedException {
    String scope = scope(request);
    boolean wider = scope.isEmpty() || Parameters.is(request, "defaultToGlobal");
    return answer(request, wider ? registry.modeInForce(scope) : registry.mode(scope));
  }

  private static Answer answer(Request request, @Nullable Mode mode) {
    return RegistryAnswers.of(
        request, JsonNodeFactory.instance.objectNode().put("mode", String.valueOf(mode)));
  }

  private Answer setMode(Request request) throws InterruptedException {
    String scope = scope(request);
    String name = SchemaDocuments.text(SchemaDocuments.body(request), "mode");
    Mode mode = name == null ? null : Mode.named(name);
    if (mode == null) {
      throw new RegistryException(
          RegistryError.INVALID_MODE,
          "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT.");
    }
    registry.setMode(scope, mode, Parameters.is(request, "force"));
    return answer(request, mode);
  }

  private Answer deleteMode(Request request) throws InterruptedException {
    String scope = scope(request);
    if (scope.isEmpty() && registry.state().mode("") == null) {
      return answer(request, registry.modeInForce(""));
    }
    return answer(request, registry.deleteMode(scope));
  }
}
