package io.millrace.console.live;

import io.millrace.console.api.JobsApi;
import io.millrace.console.live.Snapshot.JobRate;
import io.millrace.streams.job.JobRegistry;
import io.millrace.streams.job.JobStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The running jobs' part of a snapshot. One thread at a time. */
final class JobSampler {

  private static final int MOST_JOBS = 50;

  private final @Nullable JobRegistry jobs;
  private final Map<String, JobCounters> counters = new HashMap<>();

  /** The counters of a job. */
  private record JobCounters(Rate in, Rate out) {}

  JobSampler(@Nullable JobRegistry jobs) {
    this.jobs = jobs;
  }

  List<JobRate> sample(double seconds, long nowMillis) {
    if (jobs == null) {
      return List.of();
    }
    List<JobRate> rates = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JobRegistry.Entry entry : jobs.list()) {
      JobStatus status = entry.job().status();
      if (status.state().isEnd() || rates.size() >= MOST_JOBS) {
        continue;
      }
      seen.add(entry.id());
      JobCounters job =
          counters.computeIfAbsent(entry.id(), id -> new JobCounters(new Rate(), new Rate()));
      OptionalLong watermark = JobsApi.watermark(status);
      rates.add(
          new JobRate(
              entry.id(),
              status.name(),
              job.in().perSecond(status.rowsIn(), seconds),
              job.out().perSecond(status.rowsOut(), seconds),
              status.lag(),
              watermark.isPresent() ? nowMillis - watermark.getAsLong() : null));
    }
    counters.keySet().retainAll(seen);
    return rates;
  }
}
