package io.millrace.streams.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What scripts come to: plans, types, answers. */
final class PlanTest {

  static Stream<Arguments> plans() {
    return Cases.read("plans.txt");
  }

  @ParameterizedTest
  @MethodSource("plans")
  void scriptComesTo(String script, String expected) {
    assertThat(
            Cases.session().execute(script).stream()
                .map(PlanTest::shown)
                .collect(Collectors.joining("\n")))
        .isEqualTo(expected);
  }

  private static String shown(SqlResult result) {
    return switch (result) {
      case SqlResult.Job job -> String.join("\n", PlanText.lines(job.plan()));
      case SqlResult.Done done -> done.message();
      case SqlResult.Table table ->
          Stream.concat(Stream.of(table.columns()), table.rows().stream())
              .map(row -> String.join(" | ", row).stripTrailing())
              .collect(Collectors.joining("\n"));
    };
  }
}
