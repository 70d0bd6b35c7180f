package io.millrace.broker.access;

/** A user, a virtual host or a permission, as it is written to the metadata log. */
public sealed interface AccessEntry
    permits User, VirtualHostDefinition, VirtualHostPermission, TopicPermission {

  /** What names the entry: two with the same identity replace each other. */
  Object identity();
}
