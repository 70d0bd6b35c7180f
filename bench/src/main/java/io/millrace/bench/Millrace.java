package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;

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
  public Server start(Path data) throws IOException {
    int port = FreePort.find();
    return Server.start(
        new ProcessBuilder(
            launcher(),
            "start",
            "--data",
            data.resolve("data").toString(),
            "--kafka-port",
            Integer.toString(port),
            "--amqp-port",
            Integer.toString(FreePort.find()),
            "--edge-port",
            Integer.toString(FreePort.find()),
            "--console-port",
            Integer.toString(FreePort.find())),
        port,
        data.resolve("server.log"));
  }

  private String launcher() {
    return root.resolve("millrace").toString();
  }
}
