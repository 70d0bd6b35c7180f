package io.millrace.console.schema;

import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Request;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SubjectName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All endpoints of the schema registry. */
public final class RegistryApi {

  /** The first segments of the registry's paths. */
  private static final List<String> ROOTS =
      List.of("/subjects", "/schemas", "/config", "/mode", "/compatibility", "/contexts");

  private final SchemaRegistry registry;

  /** Over a registry, which stays the caller's. */
  public RegistryApi(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** Whether a path is one of the registry's. */
  public static boolean serves(String path) {
    for (String root : ROOTS) {
      if (path.startsWith(root)
          && (path.length() == root.length() || path.charAt(root.length()) == '/')) {
        return true;
      }
    }
    return false;
  }

  /** What it serves. */
  public List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.addAll(new SubjectsApi(registry).endpoints());
    endpoints.addAll(new SchemasApi(registry).endpoints());
    endpoints.addAll(new SettingsApi(registry).endpoints());
    endpoints.addAll(new CompatibilityApi(registry).endpoints());
    for (Endpoint endpoint : List.copyOf(endpoints)) {
      if (!endpoint.pattern().equals(List.of("contexts"))) {
        endpoints.add(inContext(endpoint));
      }
    }
    return endpoints;
  }

  /**
   * The same endpoint below {@code /contexts/{context}}: clients put that in front of all their
   * paths to be in a context without naming it in each subject.
   */
  private static Endpoint inContext(Endpoint endpoint) {
    return RegistryAnswers.endpoint(
        endpoint.method(),
        "/contexts/{context}/" + String.join("/", endpoint.pattern()),
        request -> endpoint.handler().handle(inContext(request)));
  }

  private static Request inContext(Request request) {
    String named = request.path("context");
    String context = named.startsWith(":") ? SubjectName.context(named) : named;
    String prefix = SubjectName.prefix(context);
    Map<String, String> path = new HashMap<>(request.path());
    path.put("subject", within(prefix, path.getOrDefault("subject", "")));
    Map<String, String> query = new HashMap<>(request.query());
    for (String name : List.of("subject", "subjectPrefix")) {
      query.put(name, within(prefix, query.getOrDefault(name, "")));
    }
    return new Request(request.method(), path, query, request.fields(), request.body());
  }

  /** What names a context itself keeps it. */
  private static String within(String prefix, String subject) {
    return subject.startsWith(":.") || subject.startsWith(":*:") ? subject : prefix + subject;
  }
}
