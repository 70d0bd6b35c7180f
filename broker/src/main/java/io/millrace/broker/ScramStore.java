package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialGone;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialRecord;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramUser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The credentials of the node's SCRAM users. Any thread. */
public final class ScramStore {

  private static final int MOST_CREDENTIALS = 100_000;

  private final Controller controller;
  private volatile Map<ScramUser, ScramCredential> credentials;

  ScramStore(Controller controller) {
    this.controller = controller;
    this.credentials = Map.copyOf(controller.state().scramCredentials());
  }

  /** All credentials, as far as they are on disk. */
  public Map<ScramUser, ScramCredential> all() {
    return credentials;
  }

  /** The user's credential, or null. */
  public @Nullable ScramCredential find(ScramUser user) {
    return credentials.get(user);
  }

  /**
   * Puts credentials in place and takes others away, all or none.
   *
   * @return those of {@code gone} that there were
   */
  public CompletionStage<Set<ScramUser>> change(
      Map<ScramUser, ScramCredential> put, Collection<ScramUser> gone) {
    Set<ScramUser> found = new HashSet<>();
    return controller.change(
        state -> {
          List<MetadataRecord> records = new ArrayList<>();
          put.forEach(
              (user, credential) -> records.add(new ScramCredentialRecord(user, credential)));
          for (ScramUser user : gone) {
            if (state.scramCredentials().containsKey(user) && found.add(user)) {
              records.add(new ScramCredentialGone(user));
            }
          }
          if (state.scramCredentials().size() + put.size() > MOST_CREDENTIALS) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are "
                    + state.scramCredentials().size()
                    + " SCRAM credentials already; allowed: "
                    + MOST_CREDENTIALS);
          }
          return records;
        },
        () -> {
          credentials = Map.copyOf(controller.state().scramCredentials());
          return found;
        });
  }
}
