package io.millrace.schema;

import static io.millrace.schema.RegistryFixture.avro;
import static io.millrace.schema.RegistryFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.schema.format.SchemaReference;
import io.millrace.schema.format.SchemaType;
import io.millrace.schema.record.CompatibilityLevel;
import io.millrace.schema.record.Mode;
import io.millrace.schema.record.RegistryRecord.SchemaVersion;
import io.millrace.schema.record.SubjectConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry promises to those who register, look up and delete schemas. */
class RegistryRulesTest {

  @TempDir Path folder;
  private RegistryFixture fixture;
  private SchemaRegistry registry;

  @BeforeEach
  void open() {
    fixture = new RegistryFixture(folder);
    registry = fixture.registry;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void reopen() {
    fixture.reopen();
    registry = fixture.registry;
  }

  private void level(String scope, CompatibilityLevel level) throws InterruptedException {
    registry.setConfig(scope, new SubjectConfig(level, null));
  }

  // ---- ids and versions ----

  @Test
  void aSchemaHasOneIdUnderAllItsSubjects() throws Exception {
    SchemaVersion first = registry.register("a", avro("f", "int"), false);
    SchemaVersion second = registry.register("b", avro("g", "int"), false);
    SchemaVersion same = registry.register("b2", avro("f", "int"), false);

    assertThat(List.of(first.id(), second.id(), same.id())).containsExactly(1, 2, 1);
    assertThat(registry.state().withId(".", 1))
        .extracting(SchemaVersion::subject)
        .containsExactly("a", "b2");
  }

  @Test
  void aSchemaThatIsThereAlreadyIsNotRegisteredAgain() throws Exception {
    registry.register("a", avro("f", "int"), false);
    NewSchema spaced =
        NewSchema.of(SchemaType.AVRO, avro("f", "int").text().replace(":", " :\n  "));

    SchemaVersion again = registry.register("a", spaced, false);

    assertThat(again.version()).isEqualTo(1);
    assertThat(registry.subject("a", true).versions()).hasSize(1);
  }

  @Test
  void writersAtTheSameTimeGetVersionsAndIdsOfTheirOwn() throws Exception {
    level("a", CompatibilityLevel.NONE);
    List<Callable<SchemaVersion>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      NewSchema schema = avro("f" + i % 20, "int");
      calls.add(() -> registry.register("a", schema, false));
    }
    Set<Integer> ids = new HashSet<>();
    Set<Integer> versions = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<SchemaVersion> done : threads.invokeAll(calls)) {
        ids.add(done.get().id());
        versions.add(done.get().version());
      }
    }

    Set<Integer> all = new HashSet<>(IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(ids).isEqualTo(all);
    assertThat(versions).isEqualTo(all);
  }

  @Test
  void anIdIsNeverGivenOutAgain() throws Exception {
    registry.register("a", avro("f", "int"), false);
    int last = registry.register("b", avro("g", "int"), false).id();
    registry.deleteSubject("b", false);
    registry.deleteSubject("b", true);

    assertThat(refusal(() -> registry.withId(".", last))).isEqualTo(RegistryError.SCHEMA_NOT_FOUND);
    reopen();
    assertThat(registry.register("c", avro("h", "int"), false).id()).isEqualTo(last + 1);
  }

  // ---- compatibility ----

  @Test
  void aVersionThatCannotReadTheOneBeforeIsRefused() throws Exception {
    registry.register("a", avro("f", "int"), false);

    assertThatThrownBy(() -> registry.register("a", avro("f", "string"), false))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("incompatible with an earlier schema for subject \"a\"")
        .hasMessageContaining("TYPE_MISMATCH");
    assertThat(registry.incompatibilities("a", avro("f", "string"), false)).isNotEmpty();
    assertThat(registry.register("a", avro("f", "long"), false).version()).isEqualTo(2);
  }

  @Test
  void levelsAreOfTheSubjectElseOfItsContextElseOfAll() throws Exception {
    level("", CompatibilityLevel.FULL);
    level(":.test:", CompatibilityLevel.NONE);
    level(":.test:b", CompatibilityLevel.FORWARD);

    assertThat(registry.configInForce("a").compatibility()).isEqualTo(CompatibilityLevel.FULL);
    assertThat(registry.configInForce(":.test:a").compatibility())
        .isEqualTo(CompatibilityLevel.NONE);
    assertThat(registry.configInForce(":.test:b").compatibility())
        .isEqualTo(CompatibilityLevel.FORWARD);
    assertThat(refusal(() -> registry.config("a"))).isEqualTo(RegistryError.CONFIG_NOT_FOUND);
    reopen();
    assertThat(registry.configInForce(":.test:x").compatibility())
        .isEqualTo(CompatibilityLevel.NONE);
  }

  @Test
  void transitiveLevelsLookAtAllVersions() throws Exception {
    String fields = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[%s]}";
    String f = "{\"name\":\"f\",\"type\":\"int\"}";
    String optional = "{\"name\":\"g\",\"type\":\"int\",\"default\":1}";
    String required = "{\"name\":\"g\",\"type\":\"int\"}";
    registry.register("a", NewSchema.of(SchemaType.AVRO, fields.formatted(f)), false);
    registry.register(
        "a", NewSchema.of(SchemaType.AVRO, fields.formatted(f + "," + optional)), false);
    NewSchema third = NewSchema.of(SchemaType.AVRO, fields.formatted(f + "," + required));

    level("a", CompatibilityLevel.BACKWARD_TRANSITIVE);
    assertThat(refusal(() -> registry.register("a", third, false)))
        .isEqualTo(RegistryError.INCOMPATIBLE_SCHEMA);
    level("a", CompatibilityLevel.BACKWARD);
    assertThat(registry.register("a", third, false).version()).isEqualTo(3);
  }

  @Test
  void aSubjectKeepsItsFormat() throws Exception {
    registry.register("a", avro("f", "int"), false);

    assertThat(
            refusal(
                () ->
                    registry.register(
                        "a", NewSchema.of(SchemaType.JSON, "{\"type\":\"object\"}"), false)))
        .isEqualTo(RegistryError.INCOMPATIBLE_SCHEMA);
  }

  // ---- delete ----

  @Test
  void whatIsDeletedCanBeReadByItsIdUntilItIsDeletedForGood() throws Exception {
    int id = registry.register("a", avro("f", "int"), false).id();

    assertThat(refusal(() -> registry.deleteVersion("a", new Version(1), true)))
        .isEqualTo(RegistryError.VERSION_NOT_SOFT_DELETED);
    assertThat(registry.deleteVersion("a", Version.LATEST, false)).isEqualTo(1);
    assertThat(refusal(() -> registry.version("a", Version.LATEST, false)))
        .isEqualTo(RegistryError.SUBJECT_NOT_FOUND);
    assertThat(registry.version("a", new Version(1), true).deleted()).isTrue();
    assertThat(registry.withId(".", id).content().text()).contains("\"f\"");
    assertThat(refusal(() -> registry.deleteVersion("a", new Version(1), false)))
        .isEqualTo(RegistryError.VERSION_SOFT_DELETED);
    assertThat(registry.deleteVersion("a", new Version(1), true)).isEqualTo(1);
    assertThat(refusal(() -> registry.deleteVersion("a", new Version(1), true)))
        .isEqualTo(RegistryError.SUBJECT_NOT_FOUND);
  }

  @Test
  void aDeletedSchemaComesBackAsANewVersionWithItsOldId() throws Exception {
    int id = registry.register("a", avro("f", "int"), false).id();
    assertThat(registry.deleteSubject("a", false)).containsExactly(1);
    assertThat(refusal(() -> registry.deleteSubject("a", false)))
        .isEqualTo(RegistryError.SUBJECT_SOFT_DELETED);

    SchemaVersion back = registry.register("a", avro("f", "int"), false);

    assertThat(back.id()).isEqualTo(id);
    assertThat(back.version()).isEqualTo(2);
    assertThat(refusal(() -> registry.deleteSubject("a", true)))
        .isEqualTo(RegistryError.SUBJECT_NOT_SOFT_DELETED);
  }

  // ---- references ----

  @Test
  void aSchemaMayUseOthersAndKeepsThemFromBeingDeleted() throws Exception {
    registry.register(
        "customer",
        NewSchema.of(
            SchemaType.AVRO,
            "{\"type\":\"record\",\"name\":\"Customer\",\"namespace\":\"shop\",\"fields\":[]}"),
        false);
    NewSchema order =
        new NewSchema(
            SchemaType.AVRO,
            "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":"
                + "[{\"name\":\"by\",\"type\":\"shop.Customer\"}]}",
            List.of(new SchemaReference("shop.Customer", "customer", -1)),
            0,
            0,
            null,
            null);

    SchemaVersion version = registry.register("order", order, false);

    assertThat(version.content().references())
        .containsExactly(new SchemaReference("shop.Customer", "customer", 1));
    assertThat(version.content().text()).doesNotContain("\"name\":\"Customer\"");
    assertThat(refusal(() -> registry.deleteSubject("customer", false)))
        .isEqualTo(RegistryError.REFERENCE_EXISTS);
    assertThat(registry.state().referrers("customer", 1)).hasSize(1);
    reopen();
    assertThat(refusal(() -> registry.deleteVersion("customer", new Version(1), false)))
        .isEqualTo(RegistryError.REFERENCE_EXISTS);
    registry.deleteSubject("order", false);
    assertThat(registry.deleteSubject("customer", false)).containsExactly(1);
    assertThat(refusal(() -> registry.register("order2", order, false)))
        .isEqualTo(RegistryError.INVALID_SCHEMA);
  }

  // ---- modes ----

  @Test
  void nothingIsChangedInReadOnlyMode() throws Exception {
    registry.register("a", avro("f", "int"), false);
    registry.setMode("", Mode.READONLY, false);

    assertThat(registry.register("a", avro("f", "int"), false).version()).isEqualTo(1);
    assertThat(refusal(() -> registry.register("a", avro("f", "long"), false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
    assertThat(refusal(() -> registry.deleteSubject("a", false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
    registry.setMode("a", Mode.READWRITE, false);
    assertThat(registry.register("a", avro("f", "long"), false).version()).isEqualTo(2);
    registry.setMode("", Mode.READONLY_OVERRIDE, false);
    assertThat(refusal(() -> registry.deleteSubject("a", false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
  }

  @Test
  void importedSchemasKeepTheirIdsAndVersions() throws Exception {
    registry.register("old", avro("x", "int"), false);
    assertThat(refusal(() -> registry.setMode("", Mode.IMPORT, false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
    registry.setMode("a", Mode.IMPORT, false);

    SchemaVersion version = registry.register("a", numbered(avro("f", "int"), 70, 5), false);

    assertThat(version.id()).isEqualTo(70);
    assertThat(version.version()).isEqualTo(5);
    assertThat(refusal(() -> registry.register("a", numbered(avro("g", "int"), 70, 6), false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
    assertThat(refusal(() -> registry.register("b", numbered(avro("g", "int"), 71, 1), false)))
        .isEqualTo(RegistryError.OPERATION_NOT_PERMITTED);
    registry.deleteMode("a");
    assertThat(registry.register("a", avro("f", "long"), false).id()).isEqualTo(71);
  }

  private static NewSchema numbered(NewSchema schema, int id, int version) {
    return new NewSchema(schema.type(), schema.text(), List.of(), id, version, null, null);
  }

  // ---- contexts and names ----

  @Test
  void contextsHaveIdsOfTheirOwn() throws Exception {
    registry.register("a", avro("f", "int"), false);
    SchemaVersion other = registry.register(":.test:a", avro("g", "int"), false);

    assertThat(other.id()).isEqualTo(1);
    assertThat(registry.withId(".test", 1).content().text()).contains("\"g\"");
    assertThat(registry.withId(".", 1).content().text()).contains("\"f\"");
    assertThat(registry.state().contexts()).containsExactly(".", ".test");
    assertThat(registry.subject(":.:a", false).name()).isEqualTo("a");
  }

  @Test
  void namesAndSchemasThatCannotBeAreRefused() {
    assertThat(refusal(() -> registry.register("a\nb", avro("f", "int"), false)))
        .isEqualTo(RegistryError.INVALID_SUBJECT);
    assertThat(refusal(() -> registry.register("", avro("f", "int"), false)))
        .isEqualTo(RegistryError.INVALID_SUBJECT);
    assertThat(refusal(() -> registry.register("a", avro("f", "nothing"), false)))
        .isEqualTo(RegistryError.INVALID_SCHEMA);
    String large = "{\"type\":\"string\",\"doc\":\"" + "x".repeat(1 << 20) + "\"}";
    assertThat(refusal(() -> registry.register("a", NewSchema.of(SchemaType.AVRO, large), false)))
        .isEqualTo(RegistryError.SCHEMA_TOO_LARGE);
  }

  @Test
  void normalisedSchemasAreTheSameWhateverTheirOrder() throws Exception {
    NewSchema one = NewSchema.of(SchemaType.JSON, "{\"type\":\"object\",\"title\":\"T\"}");
    NewSchema two = NewSchema.of(SchemaType.JSON, "{\"title\":\"T\",\"type\":\"object\"}");
    registry.setConfig("b", new SubjectConfig(null, true));

    assertThat(registry.register("a", one, true).id())
        .isEqualTo(registry.register("a", two, true).id())
        .isEqualTo(registry.register("b", two, false).id());
    assertThat(refusal(() -> registry.lookUp("a", one, false, false)))
        .isEqualTo(RegistryError.SCHEMA_NOT_FOUND);
  }

  // ---- the topic ----

  @Test
  void whatAnotherRegistryWroteIsThere() throws Exception {
    fixture.createTopic(Map.of("cleanup.policy", "compact"));
    fixture.append("{\"keytype\":\"NOOP\",\"magic\":0}", null);
    fixture.append(
        "{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}",
        "{\"subject\":\"a\",\"version\":1,\"id\":5,\"md5\":\"DwL+HZSXeF5/TKBhhOXJzA==\","
            + "\"guid\":\"5a7b\",\"schemaType\":\"PROTOBUF\","
            + "\"schema\":\"syntax = \\\"proto3\\\";\\nmessage A {\\n  int32 a = 1;\\n}\\n\","
            + "\"deleted\":false,\"ts\":1}");
    fixture.append("{\"keytype\":\"EXPORTER\",\"name\":\"x\",\"magic\":0}", "{}");
    fixture.append("not json", "not json");
    fixture.append(
        "{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}",
        "{\"compatibilityLevel\":\"FULL\"}");

    SchemaVersion found =
        registry.lookUp(
            "a",
            NewSchema.of(SchemaType.PROTOBUF, "syntax = \"proto3\"; message A { int32 a = 1; }"),
            false,
            false);

    assertThat(found.id()).isEqualTo(5);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> registry.configInForce("a").compatibility() == CompatibilityLevel.FULL);
    fixture.append("{\"keytype\":\"SCHEMA\",\"subject\":\"a\",\"version\":1,\"magic\":1}", null);
    await().atMost(Duration.ofSeconds(60)).until(() -> registry.state().subject("a") == null);
  }

  @Test
  void aTopicThatWouldForgetSchemasIsNotWrittenTo() throws Exception {
    fixture.createTopic(Map.of("cleanup.policy", "delete"));

    assertThatThrownBy(() -> registry.register("a", avro("f", "int"), false))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("cleanup.policy=compact");
  }

  @Test
  void aTopicThatIsDeletedTakesItsSchemasAlong() throws Exception {
    registry.register("a", avro("f", "int"), false);
    fixture.deleteTopic();

    assertThat(registry.state().subjects()).isEmpty();
    assertThat(registry.register("b", avro("f", "int"), false).id()).isEqualTo(1);
  }
}
