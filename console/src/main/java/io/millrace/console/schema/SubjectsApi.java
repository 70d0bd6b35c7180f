package io.millrace.console.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Request;
import io.millrace.console.schema.Parameters.Deleted;
import io.millrace.schema.NewSchema;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.Subject;
import io.millrace.schema.SubjectName;
import io.millrace.schema.Version;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Subjects and their versions. */
final class SubjectsApi {

  /** Stands for all contexts at the front of a subject. */
  private static final String ALL_CONTEXTS = ":*:";

  private final SchemaRegistry registry;

  SubjectsApi(SchemaRegistry registry) {
    this.registry = registry;
  }

  /** {@code /subjects} and what is below it. */
  List<Endpoint> endpoints() {
    String versions = "/subjects/{subject}/versions";
    return List.of(
        RegistryAnswers.endpoint("GET", "/subjects", this::list),
        RegistryAnswers.endpoint("POST", "/subjects/{subject}", this::lookUp),
        RegistryAnswers.endpoint("DELETE", "/subjects/{subject}", this::delete),
        RegistryAnswers.endpoint("GET", versions, this::versions),
        RegistryAnswers.endpoint("POST", versions, this::register),
        RegistryAnswers.endpoint("GET", versions + "/{version}", this::version),
        RegistryAnswers.endpoint("DELETE", versions + "/{version}", this::deleteVersion),
        RegistryAnswers.endpoint("GET", versions + "/{version}/schema", this::text),
        RegistryAnswers.endpoint("GET", versions + "/{version}/referencedby", this::referrers));
  }

  private Answer list(Request request) throws InterruptedException {
    String prefix = Parameters.text(request.query("subjectPrefix"), ALL_CONTEXTS);
    Deleted deleted = Parameters.deleted(request);
    List<String> names =
        registry.state().subjects().stream()
            .filter(subject -> matches(subject.name(), prefix))
            .filter(subject -> isAskedFor(subject, deleted))
            .map(Subject::name)
            .toList();
    return RegistryAnswers.of(request, Parameters.page(request, names));
  }

  /** Whether a subject begins with a prefix, in the prefix's context or in all. */
  static boolean matches(String subject, String prefix) {
    if (prefix.startsWith(ALL_CONTEXTS)) {
      return SubjectName.bare(subject).startsWith(prefix.substring(ALL_CONTEXTS.length()));
    }
    String plain = SubjectName.plain(prefix);
    return SubjectName.context(subject).equals(SubjectName.context(plain))
        && subject.startsWith(plain);
  }

  private static boolean isAskedFor(Subject subject, Deleted deleted) {
    return switch (deleted) {
      case WITH -> true;
      case WITHOUT -> subject.latest() != null;
      case ONLY -> subject.latest() == null;
    };
  }

  private Answer versions(Request request) throws InterruptedException {
    Deleted deleted = Parameters.deleted(request);
    Subject subject = registry.subject(request.path("subject"), deleted != Deleted.WITHOUT);
    List<Integer> numbers = new ArrayList<>();
    for (SchemaVersion version : subject.versions()) {
      if (deleted == Deleted.WITH || version.deleted() == (deleted == Deleted.ONLY)) {
        numbers.add(version.version());
      }
    }
    return RegistryAnswers.of(request, Parameters.page(request, numbers));
  }

  private Answer register(Request request) throws InterruptedException {
    JsonNode body = SchemaDocuments.body(request);
    NewSchema schema = SchemaDocuments.schema(body);
    SchemaVersion version =
        registry.register(request.path("subject"), schema, Parameters.is(request, "normalize"));
    return RegistryAnswers.of(
        request, JsonNodeFactory.instance.objectNode().put("id", version.id()));
  }

  private Answer lookUp(Request request) throws InterruptedException {
    NewSchema schema = SchemaDocuments.schema(SchemaDocuments.body(request));
    SchemaVersion version =
        registry.lookUp(
            request.path("subject"),
            schema,
            Parameters.is(request, "normalize"),
            Parameters.is(request, "deleted"));
    return RegistryAnswers.of(request, SchemaDocuments.version(version));
  }

  private Answer delete(Request request) throws InterruptedException {
    return RegistryAnswers.of(
        request,
        registry.deleteSubject(request.path("subject"), Parameters.is(request, "permanent")));
  }

  private SchemaVersion asked(Request request) throws InterruptedException {
    return registry.version(
        request.path("subject"),
        Version.of(request.path("version")),
        Parameters.is(request, "deleted"));
  }

  private Answer version(Request request) throws InterruptedException {
    SchemaVersion version = asked(request);
    ObjectNode document = SchemaDocuments.version(version);
    serialize(request, registry, version, document);
    return RegistryAnswers.of(request, document);
  }

  /** A Protobuf schema can be had as a descriptor in Base64 instead of its text. */
  static void serialize(
      Request request, SchemaRegistry registry, SchemaVersion version, ObjectNode document)
      throws InterruptedException {
    if (Parameters.text(request.query("format"), "").equals("serialized")) {
      byte[] descriptor = registry.descriptor(version);
      if (descriptor != null) {
        document.put("schema", Base64.getEncoder().encodeToString(descriptor));
      }
    }
  }

  private Answer text(Request request) throws InterruptedException {
    return plain(asked(request));
  }

  /** The schema itself, not as a string in a document. */
  static Answer plain(SchemaVersion version) {
    return Answer.of(
        200, RegistryAnswers.MEDIA_TYPE, version.content().text().getBytes(StandardCharsets.UTF_8));
  }

  private Answer deleteVersion(Request request) throws InterruptedException {
    return RegistryAnswers.of(
        request,
        registry.deleteVersion(
            request.path("subject"),
            Version.of(request.path("version")),
            Parameters.is(request, "permanent")));
  }

  private Answer referrers(Request request) throws InterruptedException {
    SchemaVersion version =
        registry.version(request.path("subject"), Version.of(request.path("version")), true);
    List<Integer> ids =
        registry.state().referrers(version.subject(), version.version()).stream()
            .map(SchemaVersion::id)
            .distinct()
            .sorted()
            .toList();
    return RegistryAnswers.of(request, ids);
  }
}
