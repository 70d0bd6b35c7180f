package io.millrace.console.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.schema.NewSchema;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever the body of a request is, it becomes a schema to be read or a refusal with a code. */
class SchemaDocumentsFuzzTest {

  private static final String GOOD =
      "{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\",\"schemaType\":\"JSON\",\"id\":-1,"
          + "\"version\":3,\"references\":[{\"name\":\"n\",\"subject\":\"s\",\"version\":1}],"
          + "\"metadata\":{\"properties\":{\"a\":\"b\"}},\"ruleSet\":{\"domainRules\":[]}}";

  @FuzzTest(maxDuration = "30s")
  void anyBodyIsASchemaOrRefused(byte[] bytes) {
    check(bytes);
  }

  @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
  void goodBodiesWithDamageAreSchemasOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = GOOD.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(5); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    check(bytes);
  }

  private static void check(byte[] bytes) {
    try {
      NewSchema schema = SchemaDocuments.schema(SchemaDocuments.body(bytes));
      assertThat(schema.id()).isNotNegative();
      assertThat(schema.version()).isNotNegative();
    } catch (RequestException refused) {
      assertThat(RegistryErrors.status(refused.code())).isBetween(400, 499);
    }
  }
}
