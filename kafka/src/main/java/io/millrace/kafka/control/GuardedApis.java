package io.millrace.kafka.control;

import io.millrace.kafka.control.MessageHandler.Answerer;
import io.millrace.kafka.control.MessageHandler.Decoder;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiHandler;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Makes the lines of the table. What has a decoder and an answerer is answered only to callers who
 * may ask for it; what has a handler sees to that itself.
 *
 * @param guards who may ask for what
 * @param maxRequestBytes longest request of these APIs
 */
record GuardedApis(Guards guards, int maxRequestBytes) {

  /** No version of the API has compact lengths and tagged fields. */
  static final int NEVER = Short.MAX_VALUE;

  <Q extends ApiMessage> Api api(
      int key,
      String name,
      int minVersion,
      int maxVersion,
      int flexibleFrom,
      Decoder<Q> decoder,
      Answerer<Q> answerer) {
    return api(
        key,
        name,
        minVersion,
        maxVersion,
        flexibleFrom,
        new MessageHandler<>(decoder, guards.before(key, answerer)));
  }

  Api api(
      int key, String name, int minVersion, int maxVersion, int flexibleFrom, ApiHandler handler) {
    return new Api(
        (short) key,
        name,
        (short) minVersion,
        (short) maxVersion,
        (short) minVersion,
        (short) flexibleFrom,
        maxRequestBytes,
        handler);
  }
}
