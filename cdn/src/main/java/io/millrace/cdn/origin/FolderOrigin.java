package io.millrace.cdn.origin;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.HttpDate;
import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ResponseHead;
import io.millrace.core.SettingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves the regular files of a folder: GET and HEAD, with an entity tag of size and modification
 * time, Last-Modified and a content type. A path that ends with a slash stands for its {@code
 * index.html}.
 *
 * <p>No path leads outside: names are resolved one by one, hidden files and symbolic links that
 * leave the folder do not exist. Files are read on virtual threads, at most {@value #READERS} at a
 * time, in pieces, each handed over before the next one is read.
 */
public final class FolderOrigin implements Origin {

  private static final int READERS = 64;
  private static final int PIECE_BYTES = 64 * 1024;

  private final Path folder;
  private final String prefix;
  private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore readers = new Semaphore(READERS);

  /**
   * An origin for the files under a folder.
   *
   * @param prefix what request paths have in front of the file's path, such as {@code /static/}
   * @throws SettingException when the folder cannot be read
   */
  public FolderOrigin(Path folder, String prefix) {
    this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
    try {
      this.folder = folder.toRealPath();
    } catch (IOException e) {
      throw new SettingException(
          "edge.routes.folder", "is " + folder, "a folder that exists and can be read");
    }
  }

  @Override
  public OriginCall fetch(OriginRequest request, ResponseListener listener) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      listener.onHead(
          new ResponseHead(405, Fields.of("Allow", "GET, HEAD", "Content-Length", "0")));
      listener.onEnd();
      return OriginCall.DONE;
    }
    Reading reading = new Reading(request, listener);
    threads.execute(reading::run);
    return reading;
  }

  /** The file that a request path names, or null. */
  private @Nullable Path find(String path) throws IOException {
    if (!path.startsWith(prefix)) {
      return null;
    }
    Path file = folder;
    String rest = path.substring(prefix.length());
    if (rest.isEmpty() || rest.endsWith("/")) {
      rest += "index.html";
    }
    int start = 0;
    while (start <= rest.length()) {
      int slash = rest.indexOf('/', start);
      int end = slash < 0 ? rest.length() : slash;
      String name = rest.substring(start, end);
      if (name.isEmpty() || name.charAt(0) == '.') {
        return null;
      }
      try {
        file = file.resolve(name);
      } catch (InvalidPathException e) {
        return null;
      }
      start = end + 1;
    }
    if (!Files.exists(file)) {
      return null;
    }
    Path real = file.toRealPath();
    return real.startsWith(folder) ? real : null;
  }

  private final class Reading implements OriginCall {

    private final OriginRequest request;
    private final ResponseListener listener;
    private final Semaphore room = new Semaphore(1);
    private volatile boolean cancelled;
    private boolean paused;

    Reading(OriginRequest request, ResponseListener listener) {
      this.request = request;
      this.listener = listener;
    }

    void run() {
      try {
        read();
      } catch (IOException e) {
        HttpError failure = new HttpError(502, "the file cannot be read");
        tell(() -> listener.onFailure(failure));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void read() throws IOException, InterruptedException {
      String path = request.target().decodedPath();
      Path file = path == null ? null : find(path);
      if (file == null) {
        notFound();
        return;
      }
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        notFound();
        return;
      }
      long modified = attributes.lastModifiedTime().toMillis();
      long size = attributes.size();
      ResponseHead head =
          new ResponseHead(
              200,
              Fields.of(
                  "Content-Type", ContentTypes.of(file),
                  "Content-Length", Long.toString(size),
                  "Last-Modified", HttpDate.format(modified),
                  "ETag", '"' + Long.toHexString(modified) + '-' + Long.toHexString(size) + '"',
                  "X-Content-Type-Options", "nosniff"));
      tell(() -> listener.onHead(head));
      if (request.method().equals("GET")) {
        sendFile(file, size);
      }
      tell(listener::onEnd);
    }

    private void sendFile(Path file, long size) throws IOException, InterruptedException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        long left = size;
        while (left > 0 && !cancelled) {
          ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, left));
          readers.acquire();
          try {
            while (piece.hasRemaining()) {
              if (channel.read(piece) < 0) {
                throw new IOException("the file became shorter");
              }
            }
          } finally {
            readers.release();
          }
          left -= piece.flip().remaining();
          ByteBuf buffer = Unpooled.wrappedBuffer(piece);
          room.acquire();
          request.loop().execute(() -> hand(buffer));
        }
      }
    }

    /** On the loop: passes a piece on, and lets the next one be read unless paused. */
    private void hand(ByteBuf piece) {
      if (cancelled) {
        piece.release();
      } else {
        listener.onBody(piece);
      }
      if (!paused || cancelled) {
        room.release();
      }
    }

    private void notFound() {
      byte[] body = "there is no such file\n".getBytes(StandardCharsets.US_ASCII);
      ResponseHead head =
          new ResponseHead(
              404,
              Fields.of(
                  "Content-Type",
                  "text/plain; charset=utf-8",
                  "Content-Length",
                  Integer.toString(body.length)));
      tell(
          () -> {
            listener.onHead(head);
            if (request.method().equals("GET")) {
              listener.onBody(Unpooled.wrappedBuffer(body));
            }
            listener.onEnd();
          });
    }

    private void tell(Runnable what) {
      request
          .loop()
          .execute(
              () -> {
                if (!cancelled) {
                  what.run();
                }
              });
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(ByteBuf piece) {
      piece.release();
    }

    @Override
    public void sendEnd() {}

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      if (paused) {
        paused = false;
        room.drainPermits();
        room.release();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      room.release();
    }
  }
}
