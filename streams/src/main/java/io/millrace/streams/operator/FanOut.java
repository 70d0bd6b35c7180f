package io.millrace.streams.operator;

import io.millrace.streams.row.Row;
import java.util.List;

/** Hands the same rows to several stages, one after the other. */
public final class FanOut implements Stage {

  private final Stage[] stages;

  private FanOut(List<Stage> stages) {
    this.stages = stages.toArray(Stage[]::new);
  }

  /** One stage that stands for all of them. */
  public static Stage of(List<Stage> stages) {
    return stages.size() == 1 ? stages.getFirst() : new FanOut(stages);
  }

  @Override
  public void row(Row row) {
    for (Stage stage : stages) {
      stage.row(row);
    }
  }

  @Override
  public void watermark(long watermark) {
    for (Stage stage : stages) {
      stage.watermark(watermark);
    }
  }

  @Override
  public void idle(boolean idle) {
    for (Stage stage : stages) {
      stage.idle(idle);
    }
  }
}
