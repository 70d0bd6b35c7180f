package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class InternerTest {

  private final Interner<List<Integer>> interner = new Interner<>(2);

  @Test
  void whatIsEqualIsOne() {
    List<Integer> first = interner.intern(List.of(1));
    assertThat(interner.intern(List.of(1))).isSameAs(first);
    assertThat(interner.intern(List.of(2))).isEqualTo(List.of(2)).isNotSameAs(first);
  }

  @Test
  void beyondItsBoundItBeginsAnew() {
    List<Integer> first = interner.intern(List.of(1));
    for (int i = 2; i < 10; i++) {
      assertThat(interner.intern(List.of(i))).containsExactly(i);
    }
    assertThat(interner.intern(List.of(1))).isEqualTo(first).isNotSameAs(first);
  }
}
