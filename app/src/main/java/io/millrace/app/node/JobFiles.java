package io.millrace.app.node;

import io.millrace.broker.topic.NewTopic;
import io.millrace.broker.topic.Topics;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.RowListener;
import io.millrace.streams.operator.JobException;
import io.millrace.streams.plan.Connector;
import io.millrace.streams.plan.Insert;
import io.millrace.streams.plan.PlanNode;
import io.millrace.streams.sql.SqlException;
import io.millrace.streams.sql.SqlResult;
import io.millrace.streams.sql.SqlSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the jobs of the files of SQL that a configuration names, each file in its own session. */
final class JobFiles {

  private static final Logger LOG = LoggerFactory.getLogger(JobFiles.class);

  private JobFiles() {}

  /**
   * Starts them all.
   *
   * @param missing where topics are made that the jobs read and that are not there yet; null to
   *     refuse such jobs
   * @throws NodeStartException at the first file that cannot be read or run
   */
  static void start(List<Path> files, JobRegistry jobs, @Nullable Topics missing) {
    for (Path file : files) {
      try {
        start(Files.readString(file), file, jobs, missing);
      } catch (IOException e) {
        throw new NodeStartException("the file of SQL " + file + " cannot be read");
      } catch (SqlException e) {
        throw new NodeStartException(file + " " + e.getMessage());
      } catch (JobException e) {
        throw new NodeStartException(file + ": " + e.getMessage());
      }
    }
  }

  private static void start(String script, Path file, JobRegistry jobs, @Nullable Topics missing) {
    for (SqlResult result : new SqlSession().execute(script)) {
      if (result instanceof SqlResult.Job job) {
        if (job.select()) {
          throw new NodeStartException(
              file + ": a SELECT has nobody to give its rows to; use INSERT INTO");
        }
        if (missing != null) {
          for (Insert insert : job.plan().inserts()) {
            makeTopics(insert.input(), missing);
          }
        }
        JobRegistry.Entry started = jobs.start(job.plan(), RowListener.NONE);
        LOG.info("Job {} of {} runs as {}", job.plan().name(), file, started.id());
      }
    }
  }

  /** A node's first start comes before anybody could have made the topics that its jobs read. */
  private static void makeTopics(PlanNode node, Topics topics) {
    if (node instanceof PlanNode.Scan scan) {
      Connector.Kafka source = Connector.topic(scan.connector());
      if (source != null && topics.find(source.topic()) == null) {
        topics.create(new NewTopic(source.topic(), -1, Map.of())).toCompletableFuture().join();
      }
    }
    node.inputs().forEach(input -> makeTopics(input, topics));
  }
}
