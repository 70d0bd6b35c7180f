package io.millrace.peers.flink;

import io.millrace.bench.streams.run.Checksum;
import io.millrace.bench.streams.run.RunReport;
import io.millrace.bench.streams.run.RunScript;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/** Runs one script in Flink's local environment, in a process of its own. */
public final class FlinkRun {

  private FlinkRun() {}

  /**
   * @param arguments the script, a folder that is not used, and a script to run before it for the
   *     JIT's sake, or nothing
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 2) {
      run(RunScript.read(Path.of(arguments[2])), new Checksum());
    }
    RunReport report = new RunReport();
    Checksum checksum = new Checksum();
    run(RunScript.read(Path.of(arguments[0])), checksum);
    System.out.println(report.line(checksum));
    System.exit(0);
  }

  private static void run(RunScript script, Checksum checksum) throws Exception {
    Configuration settings = new Configuration();
    settings.setString("parallelism.default", "2");
    settings.setString("pipeline.object-reuse", "true");
    settings.setString("table.local-time-zone", "UTC");
    settings.setString("rest.bind-port", "0");
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(settings).build());
    script.tables().forEach(tables::executeSql);
    TableResult result = tables.executeSql(script.query());
    if (script.isSelect()) {
      try (CloseableIterator<Row> rows = result.collect()) {
        while (rows.hasNext()) {
          checksum.add(values(rows.next()));
        }
      }
    } else {
      result.await();
    }
  }

  private static List<Object> values(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.getArity(); i++) {
      values.add(row.getField(i));
    }
    return values;
  }
}
