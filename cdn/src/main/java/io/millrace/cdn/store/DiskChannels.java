package io.millrace.cdn.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How the store opens its files. */
public interface DiskChannels {

  /** As the operating system does it. */
  DiskChannels SYSTEM =
      path ->
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  /** Opens a file to be read and written, which is made if it is not there. */
  FileChannel open(Path path) throws IOException;
}
