package io.millrace.broker.queue;

/** What a consumer says of a message that it got. */
public enum Settlement {
  /** It is done. */
  ACKNOWLEDGE,
  /** Somebody else is to do it. */
  REQUEUE,
  /** Nobody is to do it: it is dead-lettered, or dropped. */
  REJECT
}
