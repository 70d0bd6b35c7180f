package io.millrace.kafka.net;

import io.millrace.log.LogSlice;
import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/**
 * A slice of the log on its way into a socket without passing through this process. Owns the slice:
 * closes it when the last byte is sent or the connection has gone.
 */
public final class SliceRegion extends DefaultFileRegion {

  private final LogSlice slice;
  private final Runnable closed;

  /**
   * @param closed called after the slice has been closed
   */
  public SliceRegion(LogSlice slice, Runnable closed) {
    super(slice.file(), slice.position(), slice.length());
    this.slice = slice;
    this.closed = closed;
  }

  FileChannel file() {
    return slice.file();
  }

  @Override
  protected void deallocate() {
    // Not super.deallocate(): that would close the segment's file for all its readers.
    slice.close();
    closed.run();
  }
}
