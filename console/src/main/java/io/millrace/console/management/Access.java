package io.millrace.console.management;

/** What a caller has to be, by the tags of its user. */
enum Access {
  /** Nobody in particular. */
  ANYBODY,
  /** One with any of RabbitMQ's tags. */
  MANAGEMENT,
  /** One who may look at the node: tagged monitoring or administrator. */
  MONITORING,
  /** One who may write policies: tagged policymaker or administrator. */
  POLICYMAKER,
  /** An administrator. */
  ADMINISTRATOR
}
