package io.millrace.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class GroupTableTest {

  @Property(tries = 100)
  void saysWhatAMapSaysAlsoAfterWholeAndPartialSaves(
      @ForAll @Size(max = 400) List<@AlphaChars @StringLength(max = 3) String> keys,
      @ForAll @IntRange(min = 1, max = 50) int saveEvery) {
    GroupTable table = new GroupTable(1, 1);
    GroupTable copy = new GroupTable(1, 1);
    Map<String, Integer> model = new HashMap<>();
    int adds = 0;
    for (String key : keys) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      int group = table.findOrAdd(bytes, 0, bytes.length);
      table.words[group]++;
      if (!(table.objects[group] instanceof DoubleList)) {
        table.objects[group] = new DoubleList();
      }
      ((DoubleList) Objects.requireNonNull(table.objects[group])).add(adds);
      table.markChanged(group);
      model.merge(key, 1, Integer::sum);
      if (++adds % saveEvery == 0) {
        save(table, copy, false);
      }
    }
    save(table, copy, false);
    check(table, model);
    check(copy, model);

    GroupTable whole = new GroupTable(1, 1);
    save(copy, whole, true);
    check(whole, model);
  }

  private static void save(GroupTable from, GroupTable to, boolean whole) {
    List<ByteBuffer> chunks = new ArrayList<>();
    StateOutput out = new StateOutput(16, chunks::add);
    from.save(out, whole);
    chunks.add(out.finish());
    StateInput in = new StateInput(chunks);
    to.load(in);
    assertThat(in.left()).isZero();
  }

  private static void check(GroupTable table, Map<String, Integer> model) {
    assertThat(table.size()).isEqualTo(model.size());
    List<String> sorted = new ArrayList<>();
    for (int group : table.sorted()) {
      String key =
          new String(
              table.keys(),
              table.keyStart(group),
              table.keyEnd(group) - table.keyStart(group),
              StandardCharsets.UTF_8);
      sorted.add(key);
      assertThat(table.words[group]).isEqualTo((long) model.getOrDefault(key, 0));
      assertThat(((DoubleList) Objects.requireNonNull(table.objects[group])).size())
          .isEqualTo(model.get(key));
    }
    assertThat(sorted).isSorted().hasSize(model.size());
  }
}
