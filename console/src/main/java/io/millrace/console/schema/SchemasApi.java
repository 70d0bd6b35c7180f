package io.millrace.console.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Request;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.Subject;
import io.millrace.schema.SubjectName;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Schemas by their ids, and all there are. */
final class SchemasApi {

  private final SchemaRegistry registry;

  SchemasApi(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** {@code /schemas}, what is below it, and {@code /contexts}. */
  List<Endpoint> endpoints() {
    return List.of(
        RegistryAnswers.endpoint("GET", "/schemas", this::list),
        RegistryAnswers.endpoint(
            "GET",
            "/schemas/types",
            request -> RegistryAnswers.of(request, List.of("JSON", "PROTOBUF", "AVRO"))),
        RegistryAnswers.endpoint("GET", "/schemas/ids/{id}", this::schema),
        RegistryAnswers.endpoint("GET", "/schemas/ids/{id}/schema", this::text),
        RegistryAnswers.endpoint("GET", "/schemas/ids/{id}/subjects", this::subjects),
        RegistryAnswers.endpoint("GET", "/schemas/ids/{id}/versions", this::versions),
        RegistryAnswers.endpoint(
            "GET",
            "/contexts",
            request -> RegistryAnswers.of(request, registry.state().contexts())));
  }

  private Answer list(Request request) throws InterruptedException {
    String prefix = Parameters.text(request.query("subjectPrefix"), "");
    boolean deleted = Parameters.is(request, "deleted");
    boolean latestOnly = Parameters.is(request, "latestOnly");
    List<SchemaVersion> found = new ArrayList<>();
    for (Subject subject : registry.state().subjects()) {
      if (!SubjectsApi.matches(subject.name(), prefix)) {
        continue;
      }
      List<SchemaVersion> versions = deleted ? subject.versions() : subject.live();
      found.addAll(latestOnly && !versions.isEmpty() ? List.of(versions.getLast()) : versions);
    }
    return RegistryAnswers.of(
        request, Parameters.page(request, found).stream().map(SchemaDocuments::version).toList());
  }

  /** An id counts within a context: that of the subject, if the request names one. */
  private static String context(Request request) {
    String subject = request.query("subject");
    return subject == null ? "." : SubjectName.context(SubjectName.plain(subject));
  }

  private SchemaVersion asked(Request request) throws InterruptedException {
    return registry.withId(context(request), Parameters.id(request));
  }

  private Answer schema(Request request) throws InterruptedException {
    SchemaVersion version = asked(request);
    ObjectNode document = SchemaDocuments.content(version.content());
    SubjectsApi.serialize(request, registry, version, document);
    if (Parameters.is(request, "fetchMaxId")) {
      document.put("maxId", registry.state().largestId(context(request)));
    }
    return RegistryAnswers.of(request, document);
  }

  private Answer text(Request request) throws InterruptedException {
    return SubjectsApi.plain(asked(request));
  }

  private Answer subjects(Request request) throws InterruptedException {
    return uses(request, SchemaVersion::subject);
  }

  private Answer versions(Request request) throws InterruptedException {
    return uses(
        request,
        version -> {
          Map<String, Object> use = new LinkedHashMap<>();
          use.put("subject", version.subject());
          use.put("version", version.version());
          return use;
        });
  }

  private Answer uses(Request request, Function<SchemaVersion, Object> told)
      throws InterruptedException {
    SchemaVersion any = asked(request);
    boolean deleted = Parameters.is(request, "deleted");
    @Nullable String only = request.query("subject");
    List<Object> uses =
        registry.state().withId(SubjectName.context(any.subject()), any.id()).stream()
            .filter(version -> deleted || !version.deleted())
            .filter(
                version ->
                    only == null
                        || SubjectName.bare(SubjectName.plain(only)).isEmpty() // a context
                        || version.subject().equals(SubjectName.plain(only)))
            .map(told)
            .distinct()
            .toList();
    return RegistryAnswers.of(request, Parameters.page(request, uses));
  }
}
