package io.millrace.broker;

import java.util.concurrent.CompletionStage;

/**
 * Gives out producer ids, each once, across restarts: blocks of them are reserved in the metadata
 * log.
 */
public interface ProducerIds {

  /** An id that nobody had. Any thread may ask. */
  CompletionStage<Long> next();
}
