package io.millrace.broker.group.consumer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Gives all members equally many partitions, as far as their subscriptions allow, and moves as few
 * as that takes.
 *
 * <p>Three steps. Everybody keeps what it had and still subscribes to. What nobody has goes to the
 * subscriber with the least, topics with few subscribers first. Then, topic by topic, a partition
 * moves from the member with the most to the one with the least of those that subscribe to it,
 * while the two differ by more than one. Each move makes the sum of the squares of the loads
 * smaller, so it ends; when it does, no single move could make it better.
 *
 * <p>Cost: with n members, p partitions and t topics, O(p log n + t n log n) and O(log n) for each
 * move.
 */
final class UniformAssignor implements Assignor {

  private static final int NOBODY = -1;

  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public Map<String, Set<TopicIdPartition>> assign(
      Map<String, Subscriber> subscribers, Map<UUID, Integer> partitionCounts) {
    return new Sharing(subscribers, partitionCounts).share();
  }

  /** A topic: who subscribes to it, and who has which partition. */
  private record Shared(UUID id, List<Integer> subscribers, int[] owners) {}

  /** One assignment under way; members are numbered in the order of their ids. */
  private static final class Sharing {

    private final String[] ids;
    private final int[] loads;
    private final Map<UUID, Shared> topics = new HashMap<>();
    private final List<Shared> fewestSubscribersFirst;

    Sharing(Map<String, Subscriber> subscribers, Map<UUID, Integer> partitionCounts) {
      ids = subscribers.keySet().toArray(String[]::new);
      Arrays.sort(ids);
      loads = new int[ids.length];
      for (int member = 0; member < ids.length; member++) {
        for (UUID id : of(subscribers, member).topics()) {
          int count = partitionCounts.getOrDefault(id, 0);
          topics.computeIfAbsent(id, each -> topic(each, count)).subscribers().add(member);
        }
      }
      fewestSubscribersFirst = new ArrayList<>(topics.values());
      fewestSubscribersFirst.sort(
          Comparator.comparingInt((Shared topic) -> topic.subscribers().size())
              .thenComparing(Shared::id));
      for (int member = 0; member < ids.length; member++) {
        keep(member, of(subscribers, member));
      }
    }

    private Subscriber of(Map<String, Subscriber> subscribers, int member) {
      return subscribers.getOrDefault(ids[member], new Subscriber(null, Set.of(), Set.of()));
    }

    private static Shared topic(UUID id, int partitions) {
      int[] owners = new int[partitions];
      Arrays.fill(owners, NOBODY);
      return new Shared(id, new ArrayList<>(), owners);
    }

    private void keep(int member, Subscriber subscriber) {
      for (TopicIdPartition each : subscriber.target()) {
        Shared topic = topics.get(each.topicId());
        if (topic != null
            && subscriber.topics().contains(each.topicId())
            && each.partition() < topic.owners().length
            && topic.owners()[each.partition()] == NOBODY) {
          topic.owners()[each.partition()] = member;
          loads[member]++;
        }
      }
    }

    Map<String, Set<TopicIdPartition>> share() {
      fewestSubscribersFirst.forEach(this::fill);
      boolean moved = true;
      while (moved && !isEven()) {
        moved = false;
        for (Shared topic : fewestSubscribersFirst) {
          moved |= level(topic);
        }
      }
      return result();
    }

    private boolean isEven() {
      int least = Integer.MAX_VALUE;
      int most = 0;
      for (int load : loads) {
        least = Math.min(least, load);
        most = Math.max(most, load);
      }
      return most - least <= 1 || ids.length == 0;
    }

    /** The least loaded first; among equals the first by id. */
    private NavigableSet<Integer> byLoad() {
      return new TreeSet<>(
          Comparator.comparingInt((Integer member) -> loads[member])
              .thenComparingInt(Integer::intValue));
    }

    private void fill(Shared topic) {
      NavigableSet<Integer> candidates = byLoad();
      for (int partition = 0; partition < topic.owners().length; partition++) {
        if (topic.owners()[partition] == NOBODY) {
          if (candidates.isEmpty()) {
            candidates.addAll(topic.subscribers());
          }
          int least = candidates.first();
          candidates.remove(least);
          loads[least]++;
          candidates.add(least);
          topic.owners()[partition] = least;
        }
      }
    }

    private boolean level(Shared topic) {
      Map<Integer, Deque<Integer>> owned = new HashMap<>();
      for (int partition = 0; partition < topic.owners().length; partition++) {
        owned.computeIfAbsent(topic.owners()[partition], m -> new ArrayDeque<>()).push(partition);
      }
      NavigableSet<Integer> takers = byLoad();
      takers.addAll(topic.subscribers());
      NavigableSet<Integer> givers = byLoad();
      givers.addAll(owned.keySet());
      boolean moved = false;
      while (!givers.isEmpty() && loads[givers.last()] - loads[takers.first()] > 1) {
        int from = givers.last();
        int to = takers.first();
        givers.remove(from);
        givers.remove(to);
        takers.remove(from);
        takers.remove(to);
        int partition = owned.getOrDefault(from, new ArrayDeque<>()).pop();
        topic.owners()[partition] = to;
        owned.computeIfAbsent(to, m -> new ArrayDeque<>()).push(partition);
        loads[from]--;
        loads[to]++;
        takers.add(from);
        takers.add(to);
        givers.add(to);
        if (!owned.getOrDefault(from, new ArrayDeque<>()).isEmpty()) {
          givers.add(from);
        }
        moved = true;
      }
      return moved;
    }

    private Map<String, Set<TopicIdPartition>> result() {
      List<Set<TopicIdPartition>> sets = new ArrayList<>(ids.length);
      Map<String, Set<TopicIdPartition>> result = new HashMap<>();
      for (String id : ids) {
        Set<TopicIdPartition> set = new HashSet<>();
        sets.add(set);
        result.put(id, set);
      }
      for (Shared topic : topics.values()) {
        for (int partition = 0; partition < topic.owners().length; partition++) {
          sets.get(topic.owners()[partition]).add(new TopicIdPartition(topic.id(), partition));
        }
      }
      return result;
    }
  }
}
