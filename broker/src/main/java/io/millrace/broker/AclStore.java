package io.millrace.broker;

import io.millrace.broker.metadata.Controller;
import io.millrace.broker.metadata.MetadataRecord;
import io.millrace.broker.metadata.MetadataRecord.AclGone;
import io.millrace.broker.metadata.MetadataRecord.AclRecord;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.AclIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The node's access control lists. Any thread. */
public final class AclStore {

  /** Each change lays out all of them anew. */
  private static final int MOST_ENTRIES = 100_000;

  private final Controller controller;
  private volatile AclIndex index;

  AclStore(Controller controller) {
    this.controller = controller;
    this.index = new AclIndex(controller.state().acls());
  }

  /** All entries, as far as they are on disk. */
  public AclIndex index() {
    return index;
  }

  /**
   * Adds entries; those that are there already stay. Fails with {@code OVERLOADED} when there would
   * be more than 100,000.
   */
  public CompletionStage<AclIndex> add(Collection<AclBinding> bindings) {
    return controller.change(
        state -> {
          List<MetadataRecord> records = new ArrayList<>();
          for (AclBinding binding : bindings) {
            if (!state.acls().contains(binding)) {
              records.add(new AclRecord(binding));
            }
          }
          if (state.acls().size() + records.size() > MOST_ENTRIES) {
            throw new BrokerException(
                BrokerError.OVERLOADED,
                "there are "
                    + state.acls().size()
                    + " access control entries already; allowed: "
                    + MOST_ENTRIES);
          }
          return records;
        },
        this::refresh);
  }

  /** Takes entries away; those that are not there are passed over. */
  public CompletionStage<AclIndex> remove(Collection<AclBinding> bindings) {
    return controller.change(
        state -> {
          List<MetadataRecord> records = new ArrayList<>();
          for (AclBinding binding : bindings) {
            if (state.acls().contains(binding)) {
              records.add(new AclGone(binding));
            }
          }
          return records;
        },
        this::refresh);
  }

  /** On the controller's thread. */
  private AclIndex refresh() {
    index = new AclIndex(controller.state().acls());
    return index;
  }
}
