package io.millrace.streams.sql;

import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.JobPlan;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs scripts against tables, views and settings that it keeps from one script to the next. Starts
 * nothing itself: statements that are jobs are handed back as plans. For one thread at a time.
 */
public final class SqlSession {

  /** The setting with the session's time zone, such as {@code Europe/Berlin}; UTC unless set. */
  public static final String ZONE = "table.local-time-zone";

  /** The setting with a job's name. */
  public static final String JOB_NAME = "pipeline.name";

  /** The setting with the time after which a silent partition counts as idle, such as 30 s. */
  public static final String IDLE_TIMEOUT = "table.exec.source.idle-timeout";

  /** The setting with the time after which state that no time bounds is forgotten. */
  public static final String STATE_TTL = "table.exec.state.ttl";

  private static final int LONGEST_NAME = 100;

  private Catalog catalog = new Catalog();
  private Map<String, String> settings = new LinkedHashMap<>();

  /** A session without tables, in UTC. */
  public SqlSession() {}

  /**
   * Runs the statements of a script in order.
   *
   * @return one result per statement
   * @throws SqlException at the first mistake; then the session is as it was before the script
   */
  public List<SqlResult> execute(String script) {
    Catalog catalogBefore = catalog.copy();
    Map<String, String> settingsBefore = new LinkedHashMap<>(settings);
    boolean done = false;
    try {
      List<SqlResult> results = new ArrayList<>();
      for (Statement statement : parse(script)) {
        results.add(run(statement));
      }
      done = true;
      return List.copyOf(results);
    } finally {
      if (!done) {
        catalog = catalogBefore;
        settings = settingsBefore;
      }
    }
  }

  /** The settings as they are, by name, in the order set. */
  public Map<String, String> settings() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  private static List<Statement> parse(String script) {
    try {
      return StatementParser.parse(script);
    } catch (StackOverflowError e) {
      throw new SqlException(new Position(1, 1), "a statement is nested too deeply");
    }
  }

  private SqlResult run(Statement statement) {
    try {
      return switch (statement) {
        case Statement.CreateTable create -> createTable(create);
        case Statement.CreateView create -> createView(create);
        case Statement.Drop drop -> drop(drop);
        case Statement.Show show -> show(show);
        case Statement.ShowCreate show -> showCreate(show);
        case Statement.Describe describe -> describe(describe);
        case Statement.SetOption set -> set(set);
        case Statement.ShowOptions show ->
            new SqlResult.Table(
                List.of("key", "value"),
                settings.entrySet().stream()
                    .map(entry -> List.of(entry.getKey(), entry.getValue()))
                    .toList());
        case Statement.Reset reset -> reset(reset);
        case Statement.Explain explain ->
            new SqlResult.Table(
                List.of("plan"),
                PlanText.lines(job(explain.statement()).plan()).stream().map(List::of).toList());
        case Statement.JobStatement job -> job(job);
      };
    } catch (StackOverflowError e) {
      throw new SqlException(statement.position(), "this statement is nested too deeply");
    }
  }

  private SqlResult createTable(Statement.CreateTable statement) {
    String name = statement.name().text();
    Catalog.Table table = TableAnalyzer.analyze(statement);
    if (exists(statement.name(), statement.ifNotExists())) {
      return new SqlResult.Done("table " + name + " exists already");
    }
    catalog.put(table);
    return new SqlResult.Done("table " + name + " created");
  }

  private SqlResult createView(Statement.CreateView statement) {
    String name = statement.name().text();
    Relation relation =
        new QueryPlanner(catalog, statement.position(), idleTimeout()).planView(statement.query());
    List<String> names =
        statement.columns().isEmpty()
            ? relation.columns().stream().map(Relation.Column::name).toList()
            : statement.columns().stream().map(Name::text).toList();
    if (names.size() != relation.columns().size()) {
      throw new SqlException(
          statement.columns().getFirst().position(),
          "here are "
              + Messages.count(names.size(), "name")
              + "; the query has "
              + Messages.count(relation.columns().size(), "column")
              + "");
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.subList(0, i).contains(names.get(i))) {
        throw new SqlException(
            statement.query().origin(),
            "the view has two columns " + names.get(i) + "; rename one by AS");
      }
    }
    if (exists(statement.name(), statement.ifNotExists())) {
      return new SqlResult.Done("view " + name + " exists already");
    }
    catalog.put(
        new Catalog.View(
            name,
            names,
            relation.columns().stream().map(Relation.Column::type).toList(),
            statement.query(),
            statement.text()));
    return new SqlResult.Done("view " + name + " created");
  }

  private boolean exists(Name name, boolean allowed) {
    Catalog.Entry entry = catalog.find(name.text());
    if (entry != null && !allowed) {
      throw new SqlException(
          name.position(),
          "there is a "
              + (entry instanceof Catalog.View ? "view " : "table ")
              + name.text()
              + " already; drop it first, or use IF NOT EXISTS");
    }
    return entry != null;
  }

  private SqlResult drop(Statement.Drop statement) {
    String name = statement.name().text();
    String kind = statement.view() ? "view" : "table";
    Catalog.Entry entry = catalog.find(name);
    if (entry == null && statement.ifExists()) {
      return new SqlResult.Done("there was no " + kind + " " + name);
    }
    find(statement.name(), statement.view());
    catalog.remove(name);
    return new SqlResult.Done(kind + " " + name + " dropped");
  }

  private Catalog.Entry find(Name name, boolean view) {
    Catalog.Entry entry = catalog.find(name.text());
    if (entry instanceof Catalog.View == view && entry != null) {
      return entry;
    }
    String kind = view ? "view" : "table";
    if (entry != null) {
      throw new SqlException(
          name.position(), name.text() + " is a " + (view ? "table" : "view") + ", not a " + kind);
    }
    List<String> names =
        view
            ? catalog.views().stream().map(Catalog.View::name).toList()
            : catalog.tables().stream().map(Catalog.Table::name).toList();
    throw new SqlException(
        name.position(),
        "there is no "
            + kind
            + " "
            + Messages.shorten(name.text())
            + Messages.instead(name.text(), names));
  }

  private SqlResult show(Statement.Show statement) {
    return switch (statement.what()) {
      case TABLES ->
          new SqlResult.Table(
              List.of("table name"), catalog.names().stream().map(List::of).toList());
      case VIEWS ->
          new SqlResult.Table(
              List.of("view name"),
              catalog.views().stream().map(view -> List.of(view.name())).toList());
      case FUNCTIONS -> Descriptions.functions();
    };
  }

  private SqlResult showCreate(Statement.ShowCreate statement) {
    Catalog.Entry entry = find(statement.name(), statement.view());
    return new SqlResult.Table(List.of("result"), List.of(List.of(entry.text())));
  }

  private SqlResult describe(Statement.Describe statement) {
    return switch (catalog.find(statement.name().text())) {
      case Catalog.Table table -> Descriptions.of(table);
      case Catalog.View view -> Descriptions.of(view);
      case null ->
          throw new SqlException(
              statement.name().position(),
              "there is no table or view "
                  + Messages.shorten(statement.name().text())
                  + Messages.instead(statement.name().text(), catalog.names()));
    };
  }

  private SqlResult set(Statement.SetOption statement) {
    String key = statement.key().text();
    String value = statement.value().text();
    if (key.isBlank()) {
      throw new SqlException(statement.key().position(), "a setting has a name");
    }
    if (key.equals(ZONE)) {
      zone(value, statement.value().position());
    }
    if (key.equals(IDLE_TIMEOUT) || key.equals(STATE_TTL)) {
      try {
        Durations.parse(value);
      } catch (IllegalArgumentException e) {
        throw new SqlException(
            statement.value().position(),
            key
                + " is '"
                + Messages.shorten(value)
                + "'; allowed is a duration, such as '30 s' or '5 min'");
      }
    }
    settings.put(key, value);
    return new SqlResult.Done(key + " set to " + value);
  }

  private static ZoneId zone(String value, Position at) {
    try {
      return ZoneId.of(value);
    } catch (DateTimeException e) {
      throw new SqlException(
          at,
          ZONE
              + " is '"
              + Messages.shorten(value)
              + "'; allowed is a zone such as 'UTC', 'Europe/Berlin' or '+02:00'");
    }
  }

  private SqlResult reset(Statement.Reset statement) {
    if (statement.key().isEmpty()) {
      settings.clear();
      return new SqlResult.Done("all settings reset");
    }
    settings.remove(statement.key().get().text());
    return new SqlResult.Done(statement.key().get().text() + " reset");
  }

  private SqlResult.Job job(Statement.JobStatement statement) {
    InsertPlanner planner =
        new InsertPlanner(catalog, new QueryPlanner(catalog, statement.position(), idleTimeout()));
    List<Insert> inserts =
        switch (statement) {
          case Statement.Inserts all -> all.inserts().stream().map(planner::plan).toList();
          case Statement.Query query -> List.of(planner.toCaller(query.query()));
        };
    String name = settings.getOrDefault(JOB_NAME, name(inserts));
    String zoneName = settings.get(ZONE);
    ZoneId zone = zoneName == null ? ZoneOffset.UTC : zone(zoneName, statement.position());
    return new SqlResult.Job(
        new JobPlan(
            name,
            ColumnPruning.prune(inserts).stream().map(InsertPlanner::signed).toList(),
            zone,
            settings),
        statement instanceof Statement.Query);
  }

  private static String name(List<Insert> inserts) {
    String name = inserts.stream().map(Insert::table).distinct().collect(Collectors.joining(", "));
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
  }

  private Duration idleTimeout() {
    String value = settings.get(IDLE_TIMEOUT);
    return value == null ? Duration.ZERO : Durations.parse(value);
  }
}
