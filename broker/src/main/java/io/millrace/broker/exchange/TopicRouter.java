package io.millrace.broker.exchange;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bindings as a trie of their keys' words.
 *
 * <p>The routing key's words are followed through the trie with all nodes at once that they may
 * lead to, each at most once, as a nondeterministic automaton is run: a word goes to the child of
 * that word and to the child {@code *}; a node's child {@code #} is entered without a word, and
 * stays for any. So a route takes at most words times nodes that match so far, whatever binding
 * keys a client thinks up; {@code #.#} is kept as {@code #}, which means the same.
 */
final class TopicRouter implements Router {

  private static final String ONE_WORD = "*";
  private static final String ANY_WORDS = "#";

  private final Node root = new Node(false);

  private static final class Node {
    final boolean anyWords;
    final Map<String, Node> children = new ConcurrentHashMap<>(2);
    volatile Bound[] bound = NONE;

    Node(boolean anyWords) {
      this.anyWords = anyWords;
    }
  }

  @Override
  public void bind(Bound bound) {
    Node node = root;
    for (String word : pattern(bound)) {
      node = node.children.computeIfAbsent(word, each -> new Node(each.equals(ANY_WORDS)));
    }
    node.bound = Router.with(node.bound, bound);
  }

  @Override
  public void unbind(Bound bound) {
    unbind(root, pattern(bound), 0, bound);
  }

  /** Takes nodes away that lead nowhere any more; answers whether this is one. */
  private static boolean unbind(Node node, List<String> words, int index, Bound bound) {
    if (index == words.size()) {
      node.bound = Router.without(node.bound, bound);
    } else {
      Node child = node.children.get(words.get(index));
      if (child != null && unbind(child, words, index + 1, bound)) {
        node.children.remove(words.get(index));
      }
    }
    return node.bound.length == 0 && node.children.isEmpty();
  }

  private static List<String> pattern(Bound bound) {
    List<String> words = new ArrayList<>();
    for (String word : words(bound.binding().routingKey())) {
      if (!word.equals(ANY_WORDS) || words.isEmpty() || !words.getLast().equals(ANY_WORDS)) {
        words.add(word);
      }
    }
    return words;
  }

  /** The words between the dots; none for an empty key. */
  static List<String> words(String key) {
    List<String> words = new ArrayList<>();
    if (key.isEmpty()) {
      return words;
    }
    int start = 0;
    for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', start)) {
      words.add(key.substring(start, dot));
      start = dot + 1;
    }
    words.add(key.substring(start));
    return words;
  }

  @Override
  public void route(Routable message, RouteSet to) {
    Nodes now = new Nodes();
    Nodes next = new Nodes();
    enter(root, now);
    for (String word : words(message.routingKey())) {
      for (int i = 0; i < now.size(); i++) {
        Node node = now.get(i);
        if (node.anyWords) {
          next.add(node);
        }
        enter(node.children.get(word), next);
        // A routing key may hold the characters themselves.
        if (!word.equals(ONE_WORD)) {
          enter(node.children.get(ONE_WORD), next);
        }
      }
      Nodes done = now;
      now = next;
      next = done;
      next.clear();
      if (now.size() == 0) {
        return;
      }
    }
    for (int i = 0; i < now.size(); i++) {
      to.addAll(now.get(i).bound);
    }
  }

  /** Adds a node and what is reached from it without a word. */
  private static void enter(@org.jspecify.annotations.Nullable Node node, Nodes to) {
    if (node != null && to.add(node)) {
      enter(node.children.get(ANY_WORDS), to);
    }
  }

  /** A small set in the order of adding. */
  private static final class Nodes {
    private static final int FEW = 16;

    private final List<Node> list = new ArrayList<>();
    private final Set<Node> set = Collections.newSetFromMap(new IdentityHashMap<>());

    boolean add(Node node) {
      if (list.size() < FEW) {
        for (int i = 0; i < list.size(); i++) {
          if (list.get(i) == node) {
            return false;
          }
        }
      } else {
        if (set.isEmpty()) {
          set.addAll(list);
        }
        if (!set.add(node)) {
          return false;
        }
      }
      return list.add(node);
    }

    Node get(int index) {
      return list.get(index);
    }

    int size() {
      return list.size();
    }

    void clear() {
      list.clear();
      if (!set.isEmpty()) {
        set.clear();
      }
    }
  }
}
