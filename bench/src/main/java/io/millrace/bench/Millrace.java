package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Millrace as its users run it: {@code ./millrace start}, default settings. */
final class Millrace implements Contestant {

  private final Path root;

  /** The project's top folder, where the launcher stands. */
  Millrace(Path root) {
    this.root = root;
  }

  @Override
  public String name() {
    return "Millrace";
  }

  @Override
  public String version() {
    return "0.1.0-SNAPSHOT";
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    Process version =
        new ProcessBuilder(launcher(), "--version")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (version.waitFor() != 0) {
      throw new IOException("Millrace could not be built (see above)");
    }
  }

  @Override
  public Server start(Path data, SyncCounter syncs) throws IOException {
    Ports ports = new Ports(FreePort.find(), FreePort.find());
    return Server.start(
        new ProcessBuilder(
            syncs.counted(
                List.of(
                    launcher(),
                    "start",
                    "--data",
                    data.resolve("data").toString(),
                    "--kafka-port",
                    Integer.toString(ports.kafka()),
                    "--amqp-port",
                    Integer.toString(ports.amqp()),
                    "--edge-port",
                    Integer.toString(FreePort.find()),
                    "--console-port",
                    Integer.toString(FreePort.find())))),
        ports,
        data.resolve("server.log"));
  }

  private String launcher() {
    return root.resolve("millrace").toString();
  }
}
