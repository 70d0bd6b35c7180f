package io.millrace.kafka.control;

import io.millrace.broker.security.Principal;
import io.millrace.kafka.net.ApiHandler;
import io.millrace.kafka.net.Authentication;
import io.millrace.kafka.net.Connection;
import io.millrace.kafka.net.Exchange;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.sasl.SaslMechanism;
import io.millrace.kafka.sasl.SaslServers;
import io.millrace.kafka.sasl.SaslSettings;
import io.millrace.kafka.wire.MalformedRequestException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers SaslHandshake and SaslAuthenticate: a client names a mechanism (KIP-43), then exchanges
 * its messages (KIP-152), and does both again before its session ends (KIP-368).
 *
 * <p>A failure is answered after a delay, and costs the connection. State is the connection's
 * {@link Authentication}, on its event loop; steps that may wait for the network run elsewhere.
 */
final class SaslHandler {

  private static final Logger LOG = LoggerFactory.getLogger(SaslHandler.class);

  /** Where a token's end is found in what a mechanism has negotiated. */
  private static final String CREDENTIAL_LIFETIME = "CREDENTIAL.LIFETIME.MS";

  private final SaslSettings settings;
  private final SaslServers servers;
  private final KafkaMetrics metrics;

  /** An authentication under way. */
  private static final class Attempt {
    private final SaslMechanism mechanism;
    private final SaslServer server;
    private boolean stepping;

    Attempt(SaslMechanism mechanism, SaslServer server) {
      this.mechanism = mechanism;
      this.server = server;
    }
  }

  /** How a step ended: with bytes for the client, or with what was wrong. */
  private record Step(byte[] answer, Errors error, String message) {}

  SaslHandler(SaslSettings settings, SaslServers servers, KafkaMetrics metrics) {
    this.settings = settings;
    this.servers = servers;
    this.metrics = metrics;
  }

  ApiHandler handshake() {
    return this::handshake;
  }

  ApiHandler authenticate() {
    return this::authenticate;
  }

  // ---- SaslHandshake ----

  private void handshake(Exchange exchange) {
    SaslHandshakeRequestData request =
        decode(() -> new SaslHandshakeRequestData(body(exchange), exchange.version()));
    Authentication authentication = exchange.connection().authentication();
    SaslHandshakeResponseData response =
        new SaslHandshakeResponseData().setMechanisms(servers.names());
    if (!authentication.isRequired()) {
      answer(exchange, response.setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
      return;
    }
    SaslMechanism mechanism = servers.find(request.mechanism());
    if (mechanism == null) {
      fail(exchange, response.setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code()));
    } else if (authentication.exchange() != null) {
      fail(exchange, response.setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
    } else {
      authentication.exchange(new Attempt(mechanism, servers.begin(mechanism)));
      answer(exchange, response);
    }
  }

  // ---- SaslAuthenticate ----

  private void authenticate(Exchange exchange) {
    SaslAuthenticateRequestData request =
        decode(() -> new SaslAuthenticateRequestData(body(exchange), exchange.version()));
    Authentication authentication = exchange.connection().authentication();
    Attempt attempt = (Attempt) authentication.exchange();
    if (!authentication.isRequired()) {
      answer(exchange, illegalState("this port has no SASL"));
      return;
    }
    if (attempt == null || attempt.stepping) {
      fail(
          exchange,
          illegalState(
              attempt == null
                  ? "SaslHandshake comes before SaslAuthenticate"
                  : "the step before is not answered yet"));
      return;
    }
    byte[] message = request.authBytes();
    exchange.releaseBody();
    attempt.stepping = true;
    if (!SaslServers.mayWait(attempt.mechanism)) {
      ended(exchange, attempt, step(attempt, message));
      return;
    }
    Thread unused =
        Thread.ofVirtual()
            .name("sasl")
            .start(
                () -> {
                  Step step = step(attempt, message);
                  try {
                    exchange.connection().execute(() -> ended(exchange, attempt, step));
                  } catch (RejectedExecutionException e) {
                    LOG.debug("The server was closed during an authentication");
                  }
                });
  }

  private static SaslAuthenticateResponseData illegalState(String message) {
    return new SaslAuthenticateResponseData()
        .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
        .setErrorMessage(message);
  }

  private static Step step(Attempt attempt, byte[] message) {
    try {
      byte[] answer = attempt.server.evaluateResponse(message);
      return new Step(answer == null ? new byte[0] : answer, Errors.NONE, "");
    } catch (SaslAuthenticationException e) {
      return new Step(
          new byte[0], Errors.SASL_AUTHENTICATION_FAILED, String.valueOf(e.getMessage()));
    } catch (SaslException | RuntimeException e) {
      LOG.debug("An authentication by {} failed", attempt.mechanism.wireName(), e);
      // As Kafka says it: not why, since whoever asks may be anybody.
      return new Step(
          new byte[0],
          Errors.SASL_AUTHENTICATION_FAILED,
          "Authentication failed during authentication due to invalid credentials with SASL"
              + " mechanism "
              + attempt.mechanism.wireName());
    }
  }

  private void ended(Exchange exchange, Attempt attempt, Step step) {
    Authentication authentication = exchange.connection().authentication();
    attempt.stepping = false;
    if (step.error() != Errors.NONE) {
      fail(
          exchange,
          new SaslAuthenticateResponseData()
              .setErrorCode(step.error().code())
              .setErrorMessage(step.message()));
      return;
    }
    SaslAuthenticateResponseData response =
        new SaslAuthenticateResponseData().setAuthBytes(step.answer());
    if (!attempt.server.isComplete()) {
      answer(exchange, response);
      return;
    }
    Principal proved = Principal.user(attempt.server.getAuthorizationID());
    if (authentication.isComplete() && !authentication.principal().equals(proved)) {
      fail(
          exchange,
          new SaslAuthenticateResponseData()
              .setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code())
              .setErrorMessage(
                  "Cannot change principals during re-authentication from "
                      + authentication.principal()
                      + " to "
                      + proved));
      return;
    }
    long lifetimeMillis = lifetimeMillis(attempt.server);
    authentication.exchange(null);
    authentication.succeed(proved, lifetimeMillis);
    metrics.authenticated(true);
    answer(exchange, response.setSessionLifetimeMs(lifetimeMillis));
  }

  /** The shorter of what the settings and what the credential say; 0 for no end (KIP-368). */
  private long lifetimeMillis(SaslServer server) {
    long session = settings.sessionLifetime().toMillis();
    if (!(server.getNegotiatedProperty(CREDENTIAL_LIFETIME) instanceof Long end)) {
      return session;
    }
    long left = Math.max(1, end - System.currentTimeMillis());
    return session == 0 ? left : Math.min(session, left);
  }

  // ---- answers ----

  private void fail(Exchange exchange, ApiMessage response) {
    Connection connection = exchange.connection();
    connection.authentication().fail();
    metrics.authenticated(false);
    LOG.debug("{} has not authenticated itself: {}", connection.clientHost(), response);
    long delay = settings.failureDelay().toNanos();
    var unused =
        connection
            .eventLoop()
            .schedule(
                () -> {
                  answer(exchange, response);
                  connection.closeOnceAnswered();
                },
                delay,
                TimeUnit.NANOSECONDS);
  }

  private static void answer(Exchange exchange, ApiMessage response) {
    exchange.answer(MessageHandler.encode(response, exchange));
  }

  private static ByteBufferAccessor body(Exchange exchange) {
    return new ByteBufferAccessor(exchange.body().nioBuffer());
  }

  private static <T> T decode(Supplier<T> decoder) {
    try {
      return decoder.get();
    } catch (RuntimeException e) {
      // The generated readers throw whatever comes first: underflow, bad lengths, bad counts.
      throw new MalformedRequestException(String.valueOf(e.getMessage()));
    }
  }
}
