package io.millrace.peers.flink;

import io.millrace.streams.nexmark.NexmarkConfig;
import io.millrace.streams.nexmark.NexmarkField;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** Nexmark's events as a table; makes only the columns that are read. */
public final class NexmarkTableSource implements ScanTableSource, SupportsProjectionPushDown {

  private final NexmarkConfig config;
  private DataType rowType;

  NexmarkTableSource(NexmarkConfig config, DataType rowType) {
    this.config = config;
    this.rowType = rowType;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    TypeInformation<RowData> type = context.createTypeInformation(rowType);
    NexmarkField[] fields =
        ((RowType) rowType.getLogicalType())
            .getFieldNames().stream().map(NexmarkField::ofColumn).toArray(NexmarkField[]::new);
    return SourceProvider.of(
        new DataGeneratorSource<>(new NexmarkRowData(config, fields), config.events(), type));
  }

  @Override
  public boolean supportsNestedProjection() {
    return false;
  }

  @Override
  public void applyProjection(int[][] projectedFields, DataType producedDataType) {
    rowType = Projection.of(projectedFields).project(rowType);
  }

  @Override
  public DynamicTableSource copy() {
    return new NexmarkTableSource(config, rowType);
  }

  @Override
  public String asSummaryString() {
    return "nexmark";
  }
}
