package io.millrace.schema;

import io.millrace.schema.RegistryState.VersionName;
import io.millrace.schema.record.SchemaContent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ids of a context. The registry's thread changes them; any thread reads. */
final class ContextIds {

  private final Map<Integer, Used> byId = new ConcurrentHashMap<>();

  /** Ids in their order: imported schemas may have several, and the least is given to others. */
  private final Map<SchemaContent, List<Integer>> byContent = new ConcurrentHashMap<>();

  private volatile int largest;

  /**
   * What an id stands for.
   *
   * @param by versions in order
   */
  private record Used(SchemaContent content, List<VersionName> by) {}

  int largest() {
    return largest;
  }

  int of(SchemaContent content) {
    List<Integer> ids = byContent.get(content);
    return ids == null ? 0 : ids.getFirst();
  }

  @Nullable SchemaContent content(int id) {
    Used used = byId.get(id);
    return used == null ? null : used.content();
  }

  List<VersionName> uses(int id) {
    Used used = byId.get(id);
    return used == null ? List.of() : used.by();
  }

  void reached(int id) {
    largest = Math.max(largest, id);
  }

  void add(int id, SchemaContent content, VersionName name) {
    reached(id);
    Used before = byId.get(id);
    TreeSet<VersionName> names = new TreeSet<>(List.of(name));
    if (before != null) {
      names.addAll(before.by());
      if (!before.content().equals(content)) {
        forget(before.content(), id);
      }
    }
    byId.put(id, new Used(content, List.copyOf(names)));
    byContent.merge(
        content,
        List.of(id),
        (some, more) -> Stream.concat(some.stream(), more.stream()).distinct().sorted().toList());
  }

  private void forget(SchemaContent content, int id) {
    byContent.computeIfPresent(
        content,
        (unused, ids) -> {
          List<Integer> rest = ids.stream().filter(each -> each != id).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  void remove(int id, VersionName name) {
    Used before = byId.get(id);
    if (before == null) {
      return;
    }
    List<VersionName> rest = before.by().stream().filter(each -> !each.equals(name)).toList();
    if (rest.isEmpty()) {
      byId.remove(id);
      forget(before.content(), id);
    } else {
      byId.put(id, new Used(before.content(), rest));
    }
  }

  Map<String, Object> image() {
    return new TreeMap<>(
        Map.of("ids", Map.copyOf(byId), "contents", Map.copyOf(byContent), "largest", largest));
  }
}
