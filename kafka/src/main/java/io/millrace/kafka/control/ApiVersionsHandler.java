package io.millrace.kafka.control;

import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.ClientSoftware;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.wire.MalformedRequestException;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers ApiVersions: what is served, in which versions. A client that asks in a version we do not
 * know gets the oldest form of the answer, with the versions that it may use (KIP-511).
 */
final class ApiVersionsHandler implements ApiHandler {

  private static final Pattern SOFTWARE =
      Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
  private static final short FIRST_WITH_SOFTWARE = 3;
  private static final short FIRST_WITH_FEATURES = 3;
  private static final short FIRST_WITH_FEATURES_FROM_ZERO = 4;

  private final Supplier<List<Api>> apis;
  private final Supplier<NodeIdentity> node;

  /** The list is asked for at each request, since this API is in it. */
  ApiVersionsHandler(Supplier<List<Api>> apis, Supplier<NodeIdentity> node) {
    this.apis = apis;
    this.node = node;
  }

  @Override
  public void handle(Exchange exchange) {
    ApiVersionsResponseData response = new ApiVersionsResponseData();
    short version = exchange.version();
    Api self = exchange.api();
    if (version < self.minVersion() || version > self.maxVersion()) {
      response.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
      response.apiKeys().add(line(self));
      exchange.answer(MessageHandler.encode(response, exchange, (short) 0));
      return;
    }
    ApiVersionsRequestData request = decode(exchange);
    Errors error = check(request, version);
    if (error == Errors.NONE) {
      if (version >= FIRST_WITH_SOFTWARE) {
        exchange
            .connection()
            .software(
                new ClientSoftware(request.clientSoftwareName(), request.clientSoftwareVersion()));
      }
      for (Api api : apis.get()) {
        response.apiKeys().add(line(api));
      }
      features(response, version);
    }
    response.setErrorCode(error.code());
    response.setThrottleTimeMs(exchange.chargeTime());
    exchange.answer(MessageHandler.encode(response, exchange));
  }

  private static void features(ApiVersionsResponseData response, short version) {
    if (version < FIRST_WITH_FEATURES) {
      return;
    }
    response.setFinalizedFeaturesEpoch(0);
    Features.LEVELS.forEach(
        (name, level) -> {
          response
              .finalizedFeatures()
              .add(
                  new FinalizedFeatureKey()
                      .setName(name)
                      .setMinVersionLevel(level)
                      .setMaxVersionLevel(level));
          if (version >= FIRST_WITH_FEATURES_FROM_ZERO) {
            response
                .supportedFeatures()
                .add(
                    new SupportedFeatureKey()
                        .setName(name)
                        .setMinVersion((short) 0)
                        .setMaxVersion(level));
          }
        });
  }

  private Errors check(ApiVersionsRequestData request, short version) {
    if (version >= FIRST_WITH_SOFTWARE
        && !(SOFTWARE.matcher(request.clientSoftwareName()).matches()
            && SOFTWARE.matcher(request.clientSoftwareVersion()).matches())) {
      return Errors.INVALID_REQUEST;
    }
    // A client that was after another node has an old address (KIP-1242).
    NodeIdentity self = node.get();
    boolean otherCluster =
        request.clusterId() != null && !request.clusterId().equals(self.clusterId());
    boolean otherNode = request.nodeId() >= 0 && request.nodeId() != self.nodeId();
    return otherCluster || otherNode ? Errors.REBOOTSTRAP_REQUIRED : Errors.NONE;
  }

  private static ApiVersionsRequestData decode(Exchange exchange) {
    try {
      return new ApiVersionsRequestData(
          new ByteBufferAccessor(exchange.body().nioBuffer()), exchange.version());
    } catch (RuntimeException e) {
      throw new MalformedRequestException(String.valueOf(e.getMessage()));
    }
  }

  private static ApiVersion line(Api api) {
    return new ApiVersion()
        .setApiKey(api.key())
        .setMinVersion(api.advertisedMin())
        .setMaxVersion(api.maxVersion());
  }
}
