package io.millrace.streams.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Scripts and what is expected of them, kept in text files: blocks parted by lines of #. */
final class Cases {

  /** The tables that the scripts are about. */
  static final String TABLES =
      """
      CREATE TABLE flights (
        origin STRING,
        destination STRING,
        scheduled TIMESTAMP(3),
        delay INT,
        distance INT,
        price DECIMAL(10, 2),
        cancelled BOOLEAN,
        reported TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
        part INT METADATA FROM 'partition' VIRTUAL,
        hour_of AS FLOOR(scheduled TO HOUR),
        WATERMARK FOR scheduled AS scheduled - INTERVAL '30' MINUTE
      ) WITH (
        'connector' = 'kafka', 'topic' = 'flights', 'format' = 'json',
        'scan.startup.mode' = 'earliest-offset'
      );
      CREATE TABLE out1 (origin STRING, n BIGINT) WITH ('connector' = 'blackhole');
      CREATE TABLE strict (origin STRING NOT NULL, at1 TIMESTAMP_LTZ(3) METADATA FROM 'timestamp')
      WITH ('connector' = 'kafka', 'topic' = 'strict', 'format' = 'json');
      """;

  private Cases() {}

  /** A session that has the tables. */
  static SqlSession session() {
    SqlSession session = new SqlSession();
    session.execute(TABLES);
    return session;
  }

  /** The blocks of a file, each as script and expectation. */
  static Stream<Arguments> read(String file) {
    try (InputStream in = Objects.requireNonNull(Cases.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("\n####\n"))
          .map(block -> block.strip().split("\n=>\n", 2))
          .map(parts -> Arguments.of(parts[0], parts[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
