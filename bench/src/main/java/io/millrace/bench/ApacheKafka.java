package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Apache Kafka as its users run it: one KRaft node, the JVM options of its own {@code
 * kafka-server-start} and {@code kafka-run-class} scripts, its default settings otherwise.
 */
final class ApacheKafka implements Contestant {

  /** Any 16 bytes in base64 will do; a fixed one keeps runs alike. */
  private static final String CLUSTER_ID = "bWlsbHJhY2UtYmVuY2gtMQ";

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx1G",
          "-Xms1G",
          "-server",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-Djava.awt.headless=true");
  private static final long FORMAT_SECONDS = 60;

  private final Path folder;
  private final String java;

  /**
   * @param root the project's top folder, under which {@code bench/peers/kafka} says which jars to
   *     get
   * @param java the executable of the JVM that runs it, the same as Millrace's
   */
  ApacheKafka(Path root, String java) {
    this.folder = root.resolve("bench/peers/kafka");
    this.java = java;
  }

  @Override
  public String name() {
    return "Apache Kafka";
  }

  @Override
  public String version() {
    try (Stream<Path> jars = Files.list(libraries())) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> name.startsWith("kafka-clients-"))
          .map(name -> name.substring("kafka-clients-".length(), name.length() - ".jar".length()))
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private Path libraries() {
    return PeerJars.libraries(folder);
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    PeerJars.gather(folder);
  }

  @Override
  public Server start(Path data, SyncCounter syncs) throws IOException {
    int port = FreePort.find();
    int controllerPort = FreePort.find();
    Path settings = data.resolve("server.properties");
    Files.writeString(
        settings,
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        controller.listener.names=CONTROLLER
        log.dirs=%3$s
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        """
            .formatted(port, controllerPort, data.resolve("data")));
    format(settings, data);
    return Server.start(
        new ProcessBuilder(syncs.counted(command(JVM_OPTIONS, "kafka.Kafka", settings.toString()))),
        new Ports(port, 0),
        data.resolve("server.log"));
  }

  private void format(Path settings, Path data) throws IOException {
    Process format =
        new ProcessBuilder(
                command(
                    List.of("-Xmx256m"),
                    "kafka.tools.StorageTool",
                    "format",
                    "-t",
                    CLUSTER_ID,
                    "-c",
                    settings.toString(),
                    "--ignore-formatted"))
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("format.log").toFile())
            .start();
    try {
      if (!format.waitFor(FORMAT_SECONDS, TimeUnit.SECONDS) || format.exitValue() != 0) {
        format.destroyForcibly();
        throw new IOException(
            "Apache Kafka could not format its folder: "
                + Files.readString(data.resolve("format.log")));
      }
    } catch (InterruptedException e) {
      format.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private List<String> command(List<String> jvmOptions, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java);
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(libraries() + "/*");
    command.add(mainClass);
    command.addAll(List.of(arguments));
    return command;
  }
}
