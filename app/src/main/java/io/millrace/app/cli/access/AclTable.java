package io.millrace.app.cli.access;

import io.millrace.app.cli.TextTable;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;

/** Entries as they are shown. */
final class AclTable {

  private AclTable() {}

  static TextTable of(Collection<AclBinding> entries) {
    TextTable table = new TextTable("PRINCIPAL", "HOST", "PERMISSION", "OPERATION", "RESOURCE");
    for (AclBinding entry : sorted(entries)) {
      table.row(
          entry.entry().principal(),
          entry.entry().host(),
          lower(entry.entry().permissionType()),
          lower(entry.entry().operation()),
          lower(entry.pattern().resourceType())
              + ":"
              + entry.pattern().name()
              + (entry.pattern().patternType() == PatternType.PREFIXED ? "…" : ""));
    }
    return table;
  }

  static List<Map<String, String>> json(Collection<AclBinding> entries) {
    return sorted(entries).stream().map(AclTable::asMap).toList();
  }

  private static Map<String, String> asMap(AclBinding entry) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("principal", entry.entry().principal());
    map.put("host", entry.entry().host());
    map.put("permission", lower(entry.entry().permissionType()));
    map.put("operation", lower(entry.entry().operation()));
    map.put("resource", lower(entry.pattern().resourceType()));
    map.put("name", entry.pattern().name());
    map.put("pattern", lower(entry.pattern().patternType()));
    return map;
  }

  private static List<AclBinding> sorted(Collection<AclBinding> entries) {
    return entries.stream()
        .sorted(
            Comparator.comparing((AclBinding entry) -> entry.entry().principal())
                .thenComparing(entry -> entry.pattern().resourceType())
                .thenComparing(entry -> entry.pattern().name())
                .thenComparing(entry -> entry.entry().operation()))
        .toList();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
