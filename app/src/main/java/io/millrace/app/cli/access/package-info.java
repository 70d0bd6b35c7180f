/**
 * The commands that say who may do what, and how much of it: access control lists, users, quotas.
 * All go through the node's Kafka port.
 */
@NullMarked
package io.millrace.app.cli.access;

import org.jspecify.annotations.NullMarked;
