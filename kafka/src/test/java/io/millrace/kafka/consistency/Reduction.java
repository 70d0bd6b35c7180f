package io.millrace.kafka.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is left out of the plan that a seed makes. The rest of the plan stays as it is.
 *
 * @param workers how many clients the plan has that write
 * @param without those that do not take part, by their place in the plan
 * @param crashes how often the node may die
 * @param batchesPercent of what each client writes
 */
record Reduction(int workers, Set<Integer> without, int crashes, int batchesPercent) {

  /** Nothing is left out. */
  static final Reduction NONE = new Reduction(Integer.MAX_VALUE, Set.of(), Integer.MAX_VALUE, 100);

  private static final int LEAST_PERCENT = 10;

  Reduction {
    without = Set.copyOf(without);
  }

  /** The same once it is known what the plan has. */
  Reduction of(int workersOfPlan, int crashesOfPlan) {
    return new Reduction(workersOfPlan, without, Math.min(crashes, crashesOfPlan), batchesPercent);
  }

  int batches(int planned) {
    return Math.max(1, (int) (planned * (long) batchesPercent / 100));
  }

  /** Each leaves out one thing more; what makes the most of a difference first. */
  List<Reduction> smaller() {
    List<Reduction> all = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      if (!without.contains(worker) && without.size() + 1 < workers) {
        Set<Integer> fewer = new TreeSet<>(without);
        fewer.add(worker);
        all.add(new Reduction(workers, fewer, crashes, batchesPercent));
      }
    }
    if (crashes > 0) {
      all.add(new Reduction(workers, without, crashes - 1, batchesPercent));
    }
    if (batchesPercent / 2 >= LEAST_PERCENT) {
      all.add(new Reduction(workers, without, crashes, batchesPercent / 2));
    }
    return all;
  }

  @Override
  public String toString() {
    return "without the clients %s, with up to %d deaths and %d %% of the batches"
        .formatted(new TreeSet<>(without), crashes, batchesPercent);
  }
}
