package io.millrace.kafka.consistency;

import io.millrace.kafka.consistency.Operation.Owned;
import io.millrace.kafka.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What holds of the members of a group: a partition has one owner at a time. */
final class MembershipChecks {

  private MembershipChecks() {}

  static List<Violation> check(Facts facts) {
    record Subject(String group, int partition) {}
    List<Violation> violations = new ArrayList<>();
    Map<Subject, Owned> latest = new HashMap<>();
    List<Owned> all =
        facts.all(Owned.class).stream().sorted(Comparator.comparingLong(Owned::sent)).toList();
    for (Owned owned : all) {
      Subject subject = new Subject(owned.group(), owned.partition());
      Owned before = latest.get(subject);
      if (before != null && owned.sent() < before.answered()) {
        violations.add(new Violation(Kind.TWO_OWNERS, owned + " and " + before));
      }
      if (before == null || owned.answered() > before.answered()) {
        latest.put(subject, owned);
      }
    }
    return violations;
  }
}
