package io.millrace.console.management;

import io.millrace.amqp.connection.AmqpMetrics;
import io.millrace.broker.queue.VirtualHost;
import io.millrace.console.api.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * What the node uses of its machine.
 *
 * @param memoryBytes resident, or of the heap where the system does not tell
 * @param openFiles descriptors
 * @param connections sockets of the AMQP port
 * @param threads platform threads, which stand for RabbitMQ's processes
 * @param diskFreeBytes where the data is
 * @param collections garbage collections since the start
 */
record NodeFigures(
    long memoryBytes,
    long openFiles,
    long connections,
    long threads,
    long diskFreeBytes,
    long collections) {

  /** By RabbitMQ's names, in the order of {@link #values}. */
  static final List<String> NAMES =
      List.of("mem_used", "fd_used", "sockets_used", "proc_used", "disk_free", "gc_num");

  static NodeFigures of(ManagementSources sources) {
    ProcessFigures process = ProcessFigures.now();
    return new NodeFigures(
        process.residentBytes() < 0 ? process.heapUsedBytes() : process.residentBytes(),
        Math.max(0, process.openFiles()),
        sources.amqp().metrics().connections(),
        process.threads(),
        diskFree(sources),
        process.collections());
  }

  private static long diskFree(ManagementSources sources) {
    try {
      return Files.getFileStore(sources.node().dataFolder()).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  long[] values() {
    return new long[] {memoryBytes, openFiles, connections, threads, diskFreeBytes, collections};
  }

  /** {@link Metrics#CHURN}. */
  static long[] churn(ManagementSources sources) {
    AmqpMetrics metrics = sources.amqp().metrics();
    long created = 0;
    long declared = 0;
    long deleted = 0;
    for (VirtualHost host : sources.messaging().hosts()) {
      created += host.churn().created();
      declared += host.churn().declared();
      deleted += host.churn().deleted();
    }
    return new long[] {
      metrics.channelsClosed(),
      metrics.channelsOpened(),
      metrics.closed(),
      metrics.accepted(),
      created,
      declared,
      deleted
    };
  }
}
