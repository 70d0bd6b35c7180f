package io.millrace.console.schema;

import io.millrace.console.http.Endpoint;
import io.millrace.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.List;

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
    return endpoints;
  }
}
