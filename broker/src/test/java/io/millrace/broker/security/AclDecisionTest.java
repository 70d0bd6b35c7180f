package io.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.security.AclIndex.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Who may do what is what Kafka's rules, read out one by one, say. */
class AclDecisionTest {

  private static final Principal ALICE = Principal.user("alice");
  private static final Principal BOB = Principal.user("bob");

  // Few values each, so that entries and questions meet.
  private static final List<String> NAMES = List.of("a", "ab", "abc", "b", "*");
  private static final List<String> HOSTS = List.of("10.0.0.1", "10.0.0.2");
  private static final List<ResourceType> TYPES = List.of(ResourceType.TOPIC, ResourceType.GROUP);

  @Provide
  Arbitrary<List<AclBinding>> entries() {
    Arbitrary<AclBinding> entry =
        Combinators.combine(
                Arbitraries.of(TYPES),
                Arbitraries.of(PatternType.class),
                Arbitraries.of(NAMES),
                Arbitraries.of(ALICE, BOB, AclBinding.EVERYBODY),
                Arbitraries.of("*", "10.0.0.1", "10.0.0.2"),
                Arbitraries.of(Operation.class),
                Arbitraries.frequency(Tuple.of(3, Permission.ALLOW), Tuple.of(1, Permission.DENY)))
            .as(AclBinding::new);
    return entry.list().ofMaxSize(12);
  }

  @Property(tries = 300)
  void theIndexDecidesAsAReadingOfAllEntriesDoes(
      @ForAll("entries") List<AclBinding> entries, @ForAll boolean allowIfNoneFound) {
    AuthorizerSettings settings = new AuthorizerSettings(true, Set.of(BOB), allowIfNoneFound);
    AclIndex index = new AclIndex(entries);
    Authorizer authorizer = new Authorizer(settings, () -> index);
    for (Principal principal : List.of(ALICE, BOB, Principal.ANONYMOUS)) {
      for (String host : HOSTS) {
        for (Operation operation : Operation.values()) {
          for (ResourceType type : TYPES) {
            for (String name : List.of("a", "ab", "abcd", "b", "z")) {
              assertThat(authorizer.allows(principal, host, operation, type, name))
                  .isEqualTo(model(entries, settings, principal, host, operation, type, name));
            }
          }
        }
      }
    }
  }

  /** StandardAuthorizer's rules in the order in which its documentation has them. */
  private static boolean model(
      List<AclBinding> entries,
      AuthorizerSettings settings,
      Principal principal,
      String host,
      Operation wanted,
      ResourceType type,
      String name) {
    if (settings.superUsers().contains(principal)) {
      return true;
    }
    List<AclBinding> about = new ArrayList<>();
    for (AclBinding entry : entries) {
      boolean named =
          entry.pattern() == PatternType.PREFIXED
              ? name.startsWith(entry.name())
              : entry.name().equals(name) || entry.name().equals("*");
      if (entry.type() == type && named) {
        about.add(entry);
      }
    }
    if (about.isEmpty()) {
      return settings.allowIfNoAclFound();
    }
    boolean allowed = false;
    for (AclBinding entry : about) {
      boolean concerned =
          (entry.principal().equals(principal) || entry.principal().name().equals("*"))
              && (entry.host().equals("*") || entry.host().equals(host));
      if (concerned && entry.permission() == Permission.DENY) {
        if (List.of(Operation.ALL, wanted).contains(entry.operation())) {
          return false;
        }
      } else if (concerned && allowing(wanted).contains(entry.operation())) {
        allowed = true;
      }
    }
    return allowed;
  }

  private static List<Operation> allowing(Operation wanted) {
    List<Operation> by = new ArrayList<>(List.of(Operation.ALL, wanted));
    if (wanted == Operation.DESCRIBE) {
      by.addAll(List.of(Operation.READ, Operation.WRITE, Operation.DELETE, Operation.ALTER));
    } else if (wanted == Operation.DESCRIBE_CONFIGS) {
      by.add(Operation.ALTER_CONFIGS);
    }
    return by;
  }

  @Test
  void whatIsDeniedStaysDeniedWhateverIsAllowed() {
    AclIndex index =
        new AclIndex(
            List.of(
                entry(PatternType.LITERAL, "*", Operation.ALL, Permission.ALLOW),
                entry(PatternType.PREFIXED, "pay", Operation.WRITE, Permission.DENY)));

    assertThat(verdict(index, Operation.WRITE, "payments")).isEqualTo(Verdict.DENIED);
    assertThat(verdict(index, Operation.READ, "payments")).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(index, Operation.WRITE, "orders")).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void whoeverMayWriteSomewhereIsFoundUnlessItIsDeniedThere() {
    AclIndex allowed =
        new AclIndex(
            List.of(entry(PatternType.PREFIXED, "pay", Operation.WRITE, Permission.ALLOW)));
    AclIndex taken =
        new AclIndex(
            List.of(
                entry(PatternType.PREFIXED, "pay", Operation.WRITE, Permission.ALLOW),
                entry(PatternType.PREFIXED, "p", Operation.WRITE, Permission.DENY)));

    assertThat(somewhere(allowed)).isTrue();
    assertThat(somewhere(taken)).isFalse();
    assertThat(somewhere(AclIndex.EMPTY)).isFalse();
  }

  private static boolean somewhere(AclIndex index) {
    return index.allowsSomewhere(
        ALICE, "10.0.0.1", Operation.WRITE, ResourceType.TOPIC, /* ifNoneFound= */ false);
  }

  private static AclBinding entry(
      PatternType pattern, String name, Operation operation, Permission permission) {
    return new AclBinding(
        ResourceType.TOPIC, pattern, name, ALICE, AclBinding.ANY_HOST, operation, permission);
  }

  private static Verdict verdict(AclIndex index, Operation operation, String topic) {
    return index.decide(ALICE, "10.0.0.1", operation, ResourceType.TOPIC, topic);
  }
}
