package io.millrace.streams.sql;

import io.millrace.streams.plan.DataType;
import java.util.List;
import java.util.Optional;

/** One statement of a script, parsed but not yet looked up in the catalog. */
sealed interface Statement {

  /** Where it begins. */
  Position position();

  /** CREATE TABLE; {@code text} is the whole statement as it is written. */
  record CreateTable(
      Position position,
      Name name,
      boolean ifNotExists,
      List<ColumnClause> columns,
      Optional<WatermarkClause> watermark,
      List<Name> primaryKey,
      List<OptionClause> options,
      String text)
      implements Statement {}

  /** One column of CREATE TABLE. */
  sealed interface ColumnClause {
    Name name();

    record Physical(Name name, DataType type) implements ColumnClause {}

    record Computed(Name name, Parsed expression) implements ColumnClause {}

    /** {@code key} is the name of the fact, which may stand at another place than the column. */
    record Metadata(Name name, DataType type, Name key, boolean virtual) implements ColumnClause {}
  }

  /** WATERMARK FOR column AS expression. */
  record WatermarkClause(Name column, Parsed expression) {}

  /** {@code 'key' = 'value'}. */
  record OptionClause(Name key, Name value) {}

  /** CREATE VIEW; {@code columns} is empty when the query's names stay. */
  record CreateView(
      Position position,
      Name name,
      boolean ifNotExists,
      List<Name> columns,
      Parsed query,
      String text)
      implements Statement {}

  /** DROP TABLE or DROP VIEW. */
  record Drop(Position position, boolean view, Name name, boolean ifExists) implements Statement {}

  /** SHOW TABLES, SHOW VIEWS, SHOW FUNCTIONS. */
  record Show(Position position, What what) implements Statement {
    enum What {
      TABLES,
      VIEWS,
      FUNCTIONS
    }
  }

  /** SHOW CREATE TABLE or SHOW CREATE VIEW. */
  record ShowCreate(Position position, boolean view, Name name) implements Statement {}

  /** DESCRIBE of a table or view. */
  record Describe(Position position, Name name) implements Statement {}

  /** SET 'key' = 'value'. */
  record SetOption(Position position, Name key, Name value) implements Statement {}

  /** SET alone: shows what is set. */
  record ShowOptions(Position position) implements Statement {}

  /** RESET; without a key everything. */
  record Reset(Position position, Optional<Name> key) implements Statement {}

  /** A statement that becomes a job. */
  sealed interface JobStatement extends Statement {}

  /** One or more INSERT INTO that run as one job. */
  record Inserts(Position position, List<InsertInto> inserts) implements JobStatement {}

  /** INSERT INTO; {@code columns} is empty when all are given. */
  record InsertInto(Position position, Name table, List<Name> columns, Parsed query) {}

  /** A SELECT that stands alone. */
  record Query(Position position, Parsed query) implements JobStatement {}

  /** EXPLAIN of a job. */
  record Explain(Position position, JobStatement statement) implements Statement {}
}
