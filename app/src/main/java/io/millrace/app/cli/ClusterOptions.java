package io.millrace.app.cli;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the node is that a command speaks to. */
public final class ClusterOptions {

  private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int CALL_TIMEOUT_MILLIS = 20_000;
  private static final int PROBE_TIMEOUT_MILLIS = 3_000;

  @Option(
      names = {"-b", "--bootstrap"},
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "A Kafka port of the node (default: ${DEFAULT-VALUE}).")
  private String bootstrap = "";

  @Option(
      names = "--client-config",
      paramLabel = "FILE",
      description = "Settings of the Kafka client (a properties file), for ports with TLS or SASL.")
  private @Nullable Path clientConfig;

  /**
   * Settings for any Kafka client. Tries the addresses first, so that nobody waits for a client to
   * give up on a node that is not there.
   */
  public Map<String, Object> properties() {
    requireAnswer();
    Map<String, Object> properties = new HashMap<>(fromFile());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("request.timeout.ms", REQUEST_TIMEOUT_MILLIS);
    properties.put("enable.metrics.push", false);
    properties.put("metric.reporters", "");
    return properties;
  }

  private Map<String, Object> fromFile() {
    Map<String, Object> settings = new HashMap<>();
    Path file = clientConfig;
    if (file != null) {
      Properties read = new Properties();
      try (Reader in = Files.newBufferedReader(file)) {
        read.load(in);
      } catch (IOException | IllegalArgumentException e) {
        throw CommandException.usage(
            "--client-config is " + file + ", which cannot be read (" + e.getMessage() + ")");
      }
      read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
    }
    return settings;
  }

  /** An administration client; the caller closes it. */
  public Admin admin() {
    Map<String, Object> properties = properties();
    properties.put("default.api.timeout.ms", CALL_TIMEOUT_MILLIS);
    return Admin.create(properties);
  }

  private void requireAnswer() {
    List<InetSocketAddress> addresses;
    try {
      addresses =
          ClientUtils.parseAndValidateAddresses(List.of(bootstrap.split(",")), "use_all_dns_ips");
    } catch (ConfigException e) {
      throw CommandException.usage(
          "--bootstrap is \"" + bootstrap + "\"; allowed: HOST:PORT, such as 127.0.0.1:9092");
    }
    for (InetSocketAddress address : addresses) {
      try (Socket socket = new Socket()) {
        socket.connect(address, PROBE_TIMEOUT_MILLIS);
        return;
      } catch (IOException e) {
        // The next one may answer.
      }
    }
    throw CommandException.failed(
        "no broker answers at " + bootstrap + "; start one (millrace start) or use --bootstrap");
  }
}
