package io.millrace.broker.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All access control entries of a moment, laid out for the question whether somebody may do
 * something. Immutable.
 *
 * <p>The decision is that of Kafka's StandardAuthorizer: an entry that denies wins over all that
 * allow; one that allows is enough; where no entry is about the resource at all, the caller's
 * default counts; else it is denied.
 *
 * <p>A question costs a hash lookup for the name, one for {@code *}, and one for each length that
 * prefixes of the type have up to that of the name.
 */
public final class AclIndex {

  /** Nothing is said about anything. */
  public static final AclIndex EMPTY = new AclIndex(List.of());

  /** What the entries say. */
  public enum Verdict {
    ALLOWED,
    DENIED,
    /** No entry is about the resource. */
    UNMENTIONED
  }

  private final Set<AclBinding> all;
  private final Map<ResourceType, OfType> byType = new EnumMap<>(ResourceType.class);

  /** The entries about one type of resource. */
  private static final class OfType {
    private final Map<String, List<AclBinding>> literal = new HashMap<>();
    private final Map<String, List<AclBinding>> prefixed = new HashMap<>();
    private final TreeSet<Integer> prefixLengths = new TreeSet<>();

    void add(AclBinding binding) {
      Map<String, List<AclBinding>> names =
          binding.pattern() == PatternType.LITERAL ? literal : prefixed;
      names.computeIfAbsent(binding.name(), name -> new ArrayList<>()).add(binding);
      if (binding.pattern() == PatternType.PREFIXED) {
        prefixLengths.add(binding.name().length());
      }
    }

    /** The lists that hold all entries about the resource. */
    List<List<AclBinding>> about(String resource) {
      List<List<AclBinding>> found = new ArrayList<>();
      addIfThere(found, literal.get(resource));
      if (!resource.equals(AclBinding.ANY_NAME)) {
        addIfThere(found, literal.get(AclBinding.ANY_NAME));
      }
      for (int length : prefixLengths.headSet(resource.length(), true)) {
        addIfThere(found, prefixed.get(resource.substring(0, length)));
      }
      return found;
    }

    private static void addIfThere(List<List<AclBinding>> found, @Nullable List<AclBinding> one) {
      if (one != null) {
        found.add(one);
      }
    }
  }

  /** Of these entries. */
  public AclIndex(Collection<AclBinding> bindings) {
    all = Set.copyOf(bindings);
    for (AclBinding binding : all) {
      byType.computeIfAbsent(binding.type(), type -> new OfType()).add(binding);
    }
  }

  /** All entries. */
  public Set<AclBinding> all() {
    return all;
  }

  /** What the entries say about somebody who wants to do something to a resource. */
  public Verdict decide(
      Principal principal, String host, Operation operation, ResourceType type, String name) {
    OfType entries = byType.get(type);
    List<List<AclBinding>> about = entries == null ? List.of() : entries.about(name);
    if (about.isEmpty()) {
      return Verdict.UNMENTIONED;
    }
    boolean allowed = false;
    for (List<AclBinding> list : about) {
      for (AclBinding binding : list) {
        if (binding.concerns(principal, host) && binding.covers(operation)) {
          if (binding.permission() == Permission.DENY) {
            return Verdict.DENIED;
          }
          allowed = true;
        }
      }
    }
    return allowed ? Verdict.ALLOWED : Verdict.DENIED;
  }

  /**
   * Whether somebody may do something to at least one resource of a type, whichever that is (what
   * Kafka asks before it gives out producer ids). An entry that allows counts unless one that
   * denies is about all that it is about.
   *
   * @param ifNoneFound whether what no entry is about is allowed
   */
  public boolean allowsSomewhere(
      Principal principal,
      String host,
      Operation operation,
      ResourceType type,
      boolean ifNoneFound) {
    List<AclBinding> allowing = new ArrayList<>();
    List<AclBinding> denying = new ArrayList<>();
    for (AclBinding binding : all) {
      if (binding.type() == type
          && binding.concerns(principal, host)
          && binding.covers(operation)) {
        (binding.permission() == Permission.ALLOW ? allowing : denying).add(binding);
      }
    }
    for (AclBinding denies : denying) {
      if (denies.pattern() == PatternType.LITERAL && denies.name().equals(AclBinding.ANY_NAME)) {
        return false;
      }
    }
    for (AclBinding allows : allowing) {
      if (denying.stream().noneMatch(denies -> isCoveredBy(allows, denies))) {
        return true;
      }
    }
    return ifNoneFound;
  }

  private static boolean isCoveredBy(AclBinding allows, AclBinding denies) {
    if (denies.pattern() == PatternType.PREFIXED) {
      boolean any =
          allows.pattern() == PatternType.LITERAL && allows.name().equals(AclBinding.ANY_NAME);
      return !any && allows.name().startsWith(denies.name());
    }
    return allows.pattern() == PatternType.LITERAL && allows.name().equals(denies.name());
  }
}
