package io.millrace.broker.topic;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.log.LogException;
import java.util.function.Supplier;

/** What a refusal of the log is called in the broker. */
final class LogRefusal {

  private LogRefusal() {}

  /** The broker's name for it. */
  static BrokerException of(LogException e) {
    BrokerError error =
        switch (e.reason()) {
          case CORRUPT_BATCH -> BrokerError.CORRUPT_BATCH;
          case BATCH_TOO_LARGE -> BrokerError.BATCH_TOO_LARGE;
          case UNSUPPORTED_FORMAT -> BrokerError.UNSUPPORTED_BATCH_FORMAT;
          case OFFSET_OUT_OF_RANGE -> BrokerError.OFFSET_OUT_OF_RANGE;
          case INVALID_TIMESTAMP -> BrokerError.INVALID_TIMESTAMP;
          case KEY_MISSING -> BrokerError.INVALID_RECORD;
          case STORAGE -> BrokerError.STORAGE;
        };
    return new BrokerException(error, String.valueOf(e.getMessage()));
  }

  /** Makes a call of the log, whose refusal gets the broker's name. */
  static <T> T naming(Supplier<T> call) {
    try {
      return call.get();
    } catch (LogException e) {
      throw of(e);
    }
  }
}
