package io.millrace.streams.job;

import io.millrace.streams.connector.GeneratedSource;
import io.millrace.streams.connector.PartitionedSource;
import io.millrace.streams.connector.PartitionedSource.PartitionProgress;
import io.millrace.streams.connector.Sink;
import io.millrace.streams.connector.Source;
import io.millrace.streams.connector.TopicSink;
import io.millrace.streams.connector.ValuesSource;
import io.millrace.streams.operator.Stage;
import io.millrace.streams.operator.StatefulOperator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts a job's counters together, on the job's thread. */
final class StatusReport {

  private StatusReport() {}

  static JobStatus of(
      String name,
      JobStatus.State state,
      @Nullable String failure,
      @Nullable String warning,
      long startedMillis,
      Dataflow dataflow,
      JobStatus.@Nullable Checkpoint checkpoint) {
    dataflow.stateful().forEach(StatefulOperator::stateBytes);
    List<JobStatus.Source> sources =
        dataflow.sources().stream().flatMap(StatusReport::source).toList();
    List<JobStatus.Operator> operators =
        dataflow.metrics().stream()
            .map(
                operator ->
                    new JobStatus.Operator(
                        operator.name(),
                        operator.rowsIn,
                        operator.rowsOut,
                        operator.lateRows,
                        operator.failedRows,
                        operator.stateEntries,
                        operator.stateBytes))
            .toList();
    List<JobStatus.Sink> sinks = dataflow.sinks().stream().map(StatusReport::sink).toList();
    return new JobStatus(
        name,
        state,
        failure,
        warning,
        startedMillis,
        sources.stream().mapToLong(JobStatus.Source::rows).sum(),
        sinks.stream().mapToLong(JobStatus.Sink::rows).sum(),
        sources,
        operators,
        sinks,
        checkpoint);
  }

  private static Stream<JobStatus.Source> source(Source source) {
    return switch (source) {
      case PartitionedSource topic -> Stream.of(source(topic));
      case GeneratedSource generated -> Stream.of(source(generated));
      case ValuesSource unused -> Stream.empty();
    };
  }

  private static JobStatus.Source source(GeneratedSource source) {
    OptionalLong watermark = millis(source.watermark());
    return new JobStatus.Source(
        source.table(),
        null,
        watermark,
        OptionalInt.empty(),
        source.metrics().records,
        source.metrics().rows,
        source.metrics().unreadable,
        List.of(
            new JobStatus.Partition(
                0, source.position(), 0, watermark, false, source.isFinished())));
  }

  private static JobStatus.Source source(PartitionedSource source) {
    List<PartitionProgress> progress = source.progress();
    return new JobStatus.Source(
        source.table(),
        source.topic(),
        millis(source.watermark()),
        heldBy(source, progress),
        source.metrics().records,
        source.metrics().rows,
        source.metrics().unreadable,
        progress.stream()
            .map(
                each ->
                    new JobStatus.Partition(
                        each.partition(),
                        each.offset(),
                        each.lag(),
                        millis(each.watermark()),
                        each.idle(),
                        each.finished()))
            .toList());
  }

  private static OptionalInt heldBy(PartitionedSource source, List<PartitionProgress> progress) {
    if (!source.hasWatermark()) {
      return OptionalInt.empty();
    }
    PartitionProgress least = null;
    for (PartitionProgress each : progress) {
      if (!each.idle()
          && !each.finished()
          && (least == null || each.watermark() < least.watermark())) {
        least = each;
      }
    }
    return least == null ? OptionalInt.empty() : OptionalInt.of(least.partition());
  }

  private static OptionalLong millis(long watermark) {
    return watermark == Stage.NO_WATERMARK || watermark == Stage.END_OF_TIME
        ? OptionalLong.empty()
        : OptionalLong.of(watermark);
  }

  private static JobStatus.Sink sink(Sink sink) {
    return new JobStatus.Sink(
        sink.table(), sink instanceof TopicSink topic ? topic.topic() : null, sink.rows());
  }
}
