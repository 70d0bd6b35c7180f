package io.millrace.app.node;

import io.millrace.amqp.AmqpSecurity;
import io.millrace.amqp.AmqpSettings;
import io.millrace.amqp.auth.ConfiguredUsers.ConfiguredUser;
import io.millrace.app.config.AmqpKeys;
import io.millrace.app.config.AmqpManagementKeys;
import io.millrace.app.config.AmqpSecurityKeys;
import io.millrace.app.config.Configuration;
import io.millrace.app.config.ConfigurationException;
import io.millrace.app.config.Keys;
import io.millrace.app.config.ResourceKeys;
import io.millrace.broker.queue.MessagingSettings;
import io.millrace.console.management.ManagementSettings;
import io.millrace.core.tls.ClientCertificate;
import io.millrace.core.tls.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a configuration means for the AMQP ports and the queues. */
final class AmqpConfiguration {

  private AmqpConfiguration() {}

  static AmqpSettings of(Configuration configuration) {
    AmqpSettings usual = AmqpSettings.defaults();
    return new AmqpSettings(
        configuration.get(Keys.HOST),
        configuration.get(AmqpKeys.PORT),
        configuration.get(AmqpKeys.THREADS),
        security(configuration),
        configuration.get(AmqpKeys.FRAME_MAX).intValue(),
        configuration.get(AmqpKeys.CHANNEL_MAX),
        configuration.get(AmqpKeys.HEARTBEAT),
        usual.handshakeTimeout(),
        configuration.get(AmqpKeys.MAX_CONNECTIONS),
        queues(configuration, usual.messaging()));
  }

  /** The management API, or null on a node without one. */
  static @Nullable ManagementSettings management(Configuration configuration) {
    if (!configuration.get(AmqpManagementKeys.ENABLED)) {
      return null;
    }
    Integer port = configuration.find(AmqpManagementKeys.PORT);
    Set<String> allowedHosts = configuration.find(AmqpManagementKeys.ALLOWED_HOSTS);
    return new ManagementSettings(
        configuration.get(Keys.HOST),
        port == null ? managementPort(configuration.get(AmqpKeys.PORT)) : port,
        allowedHosts == null ? Set.of() : allowedHosts,
        configuration.get(AmqpManagementKeys.MAX_BODY_SIZE).intValue(),
        configuration.get(AmqpManagementKeys.MAX_CONNECTIONS));
  }

  /** As far from the AMQP port as RabbitMQ's is. */
  private static int managementPort(int amqpPort) {
    return amqpPort == 0 || amqpPort > 65_535 - 10_000 ? 0 : amqpPort + 10_000;
  }

  private static MessagingSettings queues(Configuration configuration, MessagingSettings usual) {
    return new MessagingSettings(
        Set.copyOf(KafkaSecurity.words(configuration.get(AmqpKeys.VIRTUAL_HOSTS), ",")),
        configuration.get(AmqpKeys.DURABILITY),
        configuration.get(AmqpKeys.MAX_MESSAGE_SIZE).intValue(),
        usual.windowMessages(),
        usual.windowBytes(),
        Runtime.getRuntime().maxMemory()
            / 100
            * configuration.get(ResourceKeys.MEMORY_HIGH_WATERMARK),
        usual.maxQueues(),
        usual.maxBindings());
  }

  private static AmqpSecurity security(Configuration configuration) {
    List<ConfiguredUser> users = new ArrayList<>();
    for (Configuration user : configuration.list(AmqpSecurityKeys.USERS)) {
      users.add(
          new ConfiguredUser(
              user.require(AmqpSecurityKeys.USER_NAME),
              user.require(AmqpSecurityKeys.USER_PASSWORD),
              Set.copyOf(KafkaSecurity.words(user.find(AmqpSecurityKeys.USER_TAGS), ","))));
    }
    AmqpSecurity.Encrypted tls = tls(configuration);
    boolean plaintext = configuration.get(AmqpSecurityKeys.PLAINTEXT);
    if (!plaintext && tls == null) {
      throw new ConfigurationException(
          configuration.place()
              + ": amqp.plaintext is false without an amqp.tls.certificate, which leaves no port;"
              + " allowed: true, or a certificate");
    }
    return new AmqpSecurity(
        users,
        Set.copyOf(KafkaSecurity.words(configuration.get(AmqpSecurityKeys.LOOPBACK_USERS), ",")),
        plaintext,
        tls);
  }

  private static AmqpSecurity.@Nullable Encrypted tls(Configuration configuration) {
    Path certificate = configuration.find(AmqpSecurityKeys.TLS_CERTIFICATE);
    if (certificate == null) {
      return null;
    }
    TlsSettings tls =
        TlsSettings.of("amqp.tls", certificate, configuration.require(AmqpSecurityKeys.TLS_KEY));
    ClientCertificate wanted = configuration.get(AmqpSecurityKeys.TLS_CLIENT_CERTIFICATE);
    if (wanted != ClientCertificate.NONE) {
      tls = tls.withClients(wanted, configuration.require(AmqpSecurityKeys.TLS_CLIENT_CA));
    }
    return new AmqpSecurity.Encrypted(
        configuration.get(AmqpSecurityKeys.TLS_PORT),
        tls,
        configuration.get(AmqpSecurityKeys.TLS_LOGIN_FROM));
  }
}
