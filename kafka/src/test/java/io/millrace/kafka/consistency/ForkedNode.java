package io.millrace.kafka.consistency;

import static org.awaitility.Awaitility.await;

import io.millrace.kafka.interop.ClientProcess;
import io.millrace.kafka.interop.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node as a process of its own, killed by {@code kill -9} with whatever it is doing. */
final class ForkedNode implements Node {

  private static final int LONGEST_LIFE_MILLIS = 400;

  private final Path folder;
  private final Random random;
  private final Runnable death;
  private final int port;
  private ClientProcess process;

  /**
   * Starts it.
   *
   * @param death told when it is time to call {@link #crash}
   */
  ForkedNode(Path folder, Random random, Runnable death) throws IOException {
    this.folder = folder;
    this.random = random;
    this.death = death;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    process = begin();
  }

  private ClientProcess begin() throws IOException {
    List<String> command =
        ClientProcess.java(
            NodeProcess.class, folder.resolve("data").toString(), Integer.toString(port));
    ClientProcess started = ClientProcess.start(folder, command);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> started.output().startsWith("serving"));
    return started;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void mayDie() {
    long nanos = TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_LIFE_MILLIS));
    Thread unused =
        Thread.ofVirtual()
            .start(
                () -> {
                  LockSupport.parkNanos(nanos);
                  death.run();
                });
  }

  @Override
  public void mustLive() {
    // It dies by crash() alone.
  }

  @Override
  public synchronized void crash() throws IOException {
    process.close();
    process = begin();
  }

  @Override
  public void restart() throws IOException {
    crash();
  }

  @Override
  public synchronized void close() {
    process.close();
  }
}
