package io.millrace.streams.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Clock;
import io.millrace.log.Disk;
import io.millrace.streams.Plans;
import io.millrace.streams.TestNode;
import io.millrace.streams.plan.PlanNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {

  @TempDir Path folder;

  /** The machine's disk, on which files of one topic cannot grow while it is full. */
  private static final class FillingDisk implements Disk {
    private final Disk disk = Disk.system();
    private final String topic;
    private volatile boolean full;

    FillingDisk(String topic) {
      this.topic = topic;
    }

    @Override
    public DiskFile open(Path path) throws IOException {
      DiskFile file = disk.open(path);
      boolean fills = path.toString().contains("/" + topic + "-");
      return new DiskFile() {
        @Override
        public FileChannel channel() {
          return file.channel();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
          if (full && fills) {
            throw new IOException("No space left on device");
          }
          file.write(source, position);
        }

        @Override
        public void truncate(long size) throws IOException {
          file.truncate(size);
        }

        @Override
        public void force() throws IOException {
          file.force();
        }

        @Override
        public void close() throws IOException {
          file.close();
        }
      };
    }

    @Override
    public void createDirectory(Path path) throws IOException {
      disk.createDirectory(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
      disk.delete(path);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
      disk.forceDirectory(directory);
    }

    @Override
    public void forceMapped(MemorySegment mapped, Path path) throws IOException {
      disk.forceMapped(mapped, path);
    }

    @Override
    public String bootId() {
      return disk.bootId();
    }
  }

  @Test
  void aJobWaitsForSpaceAndLosesNothing() {
    FillingDisk disk = new FillingDisk("out");
    try (TestNode node = new TestNode(folder, disk)) {
      node.create("events", 1);
      node.create("out", 1);
      PlanNode events = Plans.events(Plans.topic("events", false), Duration.ZERO, Duration.ZERO);
      try (StreamJob job =
          StreamJob.start(
              Plans.job("job", Plans.into("out", events)),
              node.broker(),
              JobSettings.defaults(),
              Clock.system(),
              node.timer(),
              RowListener.NONE)) {
        node.send("events", 0, null, StreamJobTest.event("a", 1, 1));
        await().until(() -> node.records("out").size() == 1);
        disk.full = true;
        node.send("events", 0, null, StreamJobTest.event("a", 2, 2));
        node.send("events", 0, null, StreamJobTest.event("a", 3, 3));
        await().until(() -> job.status().warning() != null);
        assertThat(job.status().warning()).contains("out-0", "waits");
        assertThat(job.status().state()).isEqualTo(JobStatus.State.RUNNING);

        disk.full = false;

        await().until(() -> node.records("out").size() == 3);
        await().until(() -> job.status().warning() == null);
      }
    }
  }
}
