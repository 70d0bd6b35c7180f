package io.millrace.kafka.net;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that a node serves, by number. Immutable. */
public final class ApiTable {

  private final List<Api> apis;
  private final @Nullable Api[] byKey;

  /** Of the given APIs, each number once. */
  public ApiTable(List<Api> apis) {
    this.apis = List.copyOf(apis);
    int top = 0;
    for (Api api : apis) {
      top = Math.max(top, api.key());
    }
    byKey = new Api[top + 1];
    for (Api api : apis) {
      if (byKey[api.key()] != null) {
        throw new IllegalArgumentException("two APIs have number " + api.key());
      }
      byKey[api.key()] = api;
    }
  }

  /** All APIs, in the order given. */
  public List<Api> apis() {
    return apis;
  }

  /** The API with that number, or null. */
  public @Nullable Api find(int key) {
    return key >= 0 && key < byKey.length ? byKey[key] : null;
  }
}
