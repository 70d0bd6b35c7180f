package io.millrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job's file runs as it stands, and with any lag. */
class BoardSqlTest {

  private static final Path BOARD =
      Path.of(System.getProperty("project.root", "."), "examples/flights/board.sql");

  @Test
  void isTheFileItselfForItsOwnLag() throws IOException {
    assertThat(BoardSql.read(BOARD, Duration.ofMinutes(30))).isEqualTo(Files.readString(BOARD));
  }

  @Test
  void changesNothingButTheLag() throws IOException {
    String script = BoardSql.read(BOARD, Duration.ofMinutes(45));

    assertThat(script).contains("scheduled - INTERVAL '45' MINUTE\n");
    assertThat(script.replace("'45'", "'30'")).isEqualTo(Files.readString(BOARD));
  }

  @Test
  void givesALongIntervalTheDigitsItNeeds() throws IOException {
    assertThat(BoardSql.read(BOARD, Duration.ofHours(24)))
        .contains("scheduled - INTERVAL '1440' MINUTE(5)\n");
  }

  @Test
  void refusesAFileWithoutItsLag(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("board.sql"), "SELECT 1");

    assertThatThrownBy(() -> BoardSql.read(file, Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must have INTERVAL '30' MINUTE once");
  }
}
