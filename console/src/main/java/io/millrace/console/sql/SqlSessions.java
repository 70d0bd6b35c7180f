package io.millrace.console.sql;

import io.millrace.console.http.ProblemException;
import io.millrace.streams.sql.SqlException;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sessions by the names that their clients chose. The {@value #MOST} used last are kept; a client
 * whose session was forgotten finds it empty. Scripts of one session run one after the other.
 */
final class SqlSessions {

  private static final int MOST = 64;
  private static final int LONGEST_NAME = 100;

  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /** A session, and who is in it. */
  private record Session(SqlSession sql, ReentrantLock turn) {

    Session() {
      this(new SqlSession(), new ReentrantLock());
    }
  }

  /**
   * Runs a script.
   *
   * @param name of the session; null for one that ends with the script
   * @throws ProblemException 400 with line and column when it cannot be run
   */
  List<SqlResult> execute(@Nullable String name, String script) throws InterruptedException {
    Session session = name == null || name.isEmpty() ? new Session() : named(name);
    session.turn().lockInterruptibly();
    try {
      return session.sql().execute(script);
    } catch (SqlException e) {
      throw new ProblemException(400, e.problem(), Map.of("line", e.line(), "column", e.column()));
    } finally {
      session.turn().unlock();
    }
  }

  private Session named(String name) {
    if (name.length() > LONGEST_NAME) {
      throw new ProblemException(
          400, "The name of a session has at most " + LONGEST_NAME + " characters.");
    }
    synchronized (sessions) {
      Session session = sessions.computeIfAbsent(name, unused -> new Session());
      if (sessions.size() > MOST) {
        sessions.remove(sessions.keySet().iterator().next());
      }
      return session;
    }
  }
}
