package io.millrace.amqp.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class UnacknowledgedTest {

  @Property(tries = 200)
  void isAMapOfTagsThatGrow(@ForAll long seed) {
    Random random = new Random(seed);
    Unacknowledged<Long> unacknowledged = new Unacknowledged<>();
    TreeMap<Long, Long> model = new TreeMap<>();
    long last = 0;
    for (int step = 0; step < 2000; step++) {
      int kind = random.nextInt(100);
      if (kind < 45) {
        boolean counts = random.nextInt(5) > 0;
        long tag = unacknowledged.add(counts ? Long.valueOf(step) : null);
        assertThat(tag).isEqualTo(++last);
        if (counts) {
          model.put(tag, (long) step);
        }
      } else if (kind < 97) {
        // Mostly a recent one, so that some stay behind.
        long tag = last - random.nextInt(random.nextInt(20) == 0 ? 500 : 8);
        Long taken = unacknowledged.take(tag);
        assertThat(taken).isEqualTo(model.remove(tag));
        if (taken != null && random.nextInt(10) == 0) {
          unacknowledged.restore(tag, taken);
          model.put(tag, taken);
        }
      } else {
        long tag = last - random.nextInt(2000);
        List<Long> taken = new ArrayList<>();
        unacknowledged.takeUpTo(tag, (each, delivery) -> taken.add(each));
        var expected = model.headMap(tag, true);
        assertThat(taken).containsExactlyElementsOf(expected.keySet());
        expected.clear();
      }
      assertThat(unacknowledged.count()).isEqualTo(model.size());
    }
  }
}
