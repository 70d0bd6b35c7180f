package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AckedOffsetsTest {

  private static final long SPAN = 3L * AckedOffsets.CHUNK_OFFSETS;

  /** Adds an offset, or raises the floor to it, or cuts there. */
  record Step(char kind, long offset) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> offsets =
        Arbitraries.oneOf(Arbitraries.longs().between(0, 40), Arbitraries.longs().between(0, SPAN));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(20, offsets.map(offset -> new Step('a', offset))),
            net.jqwik.api.Tuple.of(1, offsets.map(offset -> new Step('r', offset))),
            net.jqwik.api.Tuple.of(1, offsets.map(offset -> new Step('c', offset))))
        .list()
        .ofMaxSize(300);
  }

  @Property(tries = 300)
  void isASetOfOffsetsThatCanBeWrittenDownAndReadBack(@ForAll("steps") List<Step> steps) {
    AckedOffsets acked = new AckedOffsets(0);
    TreeSet<Long> model = new TreeSet<>();
    Map<Long, ByteBuffer> written = new HashMap<>();
    for (Step step : steps) {
      switch (step.kind) {
        case 'a' -> assertThat(acked.add(step.offset)).isEqualTo(model.add(step.offset));
        case 'r' -> {
          acked.raise(step.offset);
          for (long offset = 0; offset < step.offset; offset++) {
            model.add(offset);
          }
        }
        default -> {
          acked.cutAt(step.offset);
          model.tailSet(step.offset).clear();
        }
      }
      acked.takeChanged(chunk -> written.put(chunk, acked.bits(chunk)));
    }
    check(acked, model);
    AckedOffsets read = new AckedOffsets(acked.floor());
    written.forEach(
        (chunk, bits) -> {
          if (bits != null) {
            read.restore(chunk, bits);
          }
        });
    check(read, model);
  }

  private static void check(AckedOffsets acked, Set<Long> model) {
    long floor = 0;
    while (model.contains(floor)) {
      floor++;
    }
    assertThat(acked.floor()).isEqualTo(floor);
    assertThat(acked.countAbove()).isEqualTo(model.size() - floor);
    for (long offset = 0; offset < SPAN; offset += offset < 64 ? 1 : 13) {
      assertThat(acked.contains(offset)).as("offset %d", offset).isEqualTo(model.contains(offset));
    }
    model.forEach(offset -> assertThat(acked.contains(offset)).isTrue());
  }
}
