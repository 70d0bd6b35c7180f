package io.millrace.kafka.net;

import io.millrace.broker.security.Access;
import io.millrace.broker.security.AclIndex;
import io.millrace.broker.security.Authorizer;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.Principal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's client may do to topics, remembered until the access control entries or the
 * client change: a request that writes to or reads from topics that it has used before costs a hash
 * lookup each.
 *
 * <p>Confined to the connection's event loop.
 */
final class TopicRights {

  /** A client with more topics than this has its decisions made anew now and then. */
  private static final int MOST_REMEMBERED = 10_000;

  private final Authorizer authorizer;
  private final Map<String, Boolean> mayRead = new HashMap<>();
  private final Map<String, Boolean> mayWrite = new HashMap<>();
  private @Nullable AclIndex index;
  private @Nullable Access access;

  TopicRights(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /** What that client may do. */
  Access access(Principal principal, String host) {
    Access present = access;
    if (present == null || !present.principal().equals(principal)) {
      forget();
      present = new Access(authorizer, principal, host);
      access = present;
    }
    return present;
  }

  /** Whether the client may read from, or write to, a topic. */
  boolean may(Access client, Operation operation, String topic) {
    AclIndex now = authorizer.acls();
    if (isNot(now, index)) {
      forget();
      index = now;
    }
    Map<String, Boolean> known = operation == Operation.READ ? mayRead : mayWrite;
    Boolean decided = known.get(topic);
    if (decided == null) {
      decided = client.mayTopic(operation, topic);
      if (known.size() >= MOST_REMEMBERED) {
        known.clear();
      }
      known.put(topic, decided);
    }
    return decided;
  }

  @SuppressWarnings("ReferenceEquality") // the same object is the same entries, at no cost
  private static boolean isNot(AclIndex now, @Nullable AclIndex before) {
    return now != before;
  }

  private void forget() {
    mayRead.clear();
    mayWrite.clear();
  }
}
