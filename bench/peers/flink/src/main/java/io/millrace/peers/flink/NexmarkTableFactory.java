package io.millrace.peers.flink;

import io.millrace.streams.nexmark.NexmarkConfig;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** The connector {@code nexmark} for Flink. */
public final class NexmarkTableFactory implements DynamicTableSourceFactory {

  private static final ConfigOption<Long> EVENTS =
      ConfigOptions.key("events.num").longType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "nexmark";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(EVENTS);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    NexmarkConfig config = NexmarkConfig.defaults().withEvents(helper.getOptions().get(EVENTS));
    return new NexmarkTableSource(config, context.getPhysicalRowDataType());
  }
}
