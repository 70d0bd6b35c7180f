package io.millrace.kafka;

import io.millrace.broker.security.AuthorizerSettings;
import io.millrace.core.SettingException;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.sasl.SaslSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the Kafka ports are secured. Start from {@link #NONE}.
 *
 * @param protocol of the port that {@link KafkaSettings#port} names
 * @param listeners further ports
 * @param tls what the ports with TLS use; null when there are none
 * @param sasl what the ports with SASL use
 * @param authorizer whether requests are checked against access control lists
 */
public record SecuritySettings(
    SecurityProtocol protocol,
    List<ListenerSettings> listeners,
    @Nullable TlsSettings tls,
    SaslSettings sasl,
    AuthorizerSettings authorizer) {

  /** One port in the clear, for anybody. */
  public static final SecuritySettings NONE =
      new SecuritySettings(
          SecurityProtocol.PLAINTEXT, List.of(), null, SaslSettings.NONE, AuthorizerSettings.OFF);

  /** Checks that what the ports need is there. */
  public SecuritySettings {
    listeners = List.copyOf(listeners);
    if (tls == null
        && (protocol.tls() || listeners.stream().anyMatch(port -> port.protocol().tls()))) {
      throw new SettingException(
          "kafka.tls.certificate",
          "is missing while a port has TLS",
          "a PEM file of the node's certificate chain");
    }
    if (sasl.mechanisms().isEmpty()
        && (protocol.sasl() || listeners.stream().anyMatch(port -> port.protocol().sasl()))) {
      throw new SettingException(
          "kafka.sasl.mechanisms",
          "is empty while a port has SASL",
          "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, separated by commas");
    }
  }

  /** With another protocol on the first port. */
  public SecuritySettings withProtocol(SecurityProtocol other) {
    return new SecuritySettings(other, listeners, tls, sasl, authorizer);
  }

  /** With one more port. */
  public SecuritySettings withListener(ListenerSettings listener) {
    List<ListenerSettings> more = new ArrayList<>(listeners);
    more.add(listener);
    return new SecuritySettings(protocol, more, tls, sasl, authorizer);
  }

  /** With TLS. */
  public SecuritySettings withTls(TlsSettings settings) {
    return new SecuritySettings(protocol, listeners, settings, sasl, authorizer);
  }

  /** With access control lists. */
  public SecuritySettings withAuthorizer(AuthorizerSettings settings) {
    return new SecuritySettings(protocol, listeners, tls, sasl, settings);
  }

  /** With SASL. */
  public SecuritySettings withSasl(SaslSettings settings) {
    return new SecuritySettings(protocol, listeners, tls, settings, authorizer);
  }
}
