package io.millrace.cdn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.cdn.RawAnswer;
import io.millrace.cdn.ScriptedOrigin;
import io.millrace.cdn.net.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An edge with a disk tier, before a real server, asked over sockets. */
class DiskCacheTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HOUR = "Cache-Control: max-age=3600";
  private static final int LARGE = 20 << 20;

  @TempDir private Path folder;
  private ScriptedOrigin origin;

  @BeforeEach
  void open() throws Exception {
    origin = new ScriptedOrigin();
  }

  @AfterEach
  void close() throws Exception {
    origin.close();
  }

  private static byte[] content(int bytes, int seed) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static byte[] head(int length, String... fields) {
    return ("HTTP/1.1 200 OK\r\n"
            + String.join("\r\n", fields)
            + "\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private void serve(byte[] body, String... fields) {
    origin.answers(
        (request, out) -> {
          out.write(head(body.length, fields));
          out.write(body);
        });
  }

  private static void awaitObjects(DiskEdge edge, long objects) {
    await().atMost(PATIENCE).until(() -> edge.disk().objects() == objects);
  }

  @Test
  void aRestartedEdgeServesWhatItHadWithoutItsOrigin() throws Exception {
    byte[] body = content(20_000, 1);
    serve(body, HOUR, "ETag: \"a\"", "X-Kept: yes");
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      assertThat(edge.get("/a").cacheStatus()).contains("fwd=uri-miss");
    }
    origin.close();

    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      RawAnswer answer = edge.get("/a");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.field("x-kept")).isEqualTo("yes");
      assertThat(answer.cacheStatus()).contains("; hit");
      assertThat(edge.get("/a", "If-None-Match: \"a\"").status()).isEqualTo(304);
      assertThat(edge.disk().figures().hits.sum()).isEqualTo(1);
    }
  }

  @Test
  void eachVariantComesBackFromDisk() throws Exception {
    origin.answers(
        (request, out) ->
            out.write(
                ScriptedOrigin.response(
                    "200 OK",
                    "in " + request.field("accept-language"),
                    HOUR,
                    "Vary: Accept-Language")));
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      var unused = edge.get("/", "Accept-Language: de");
      unused = edge.get("/", "Accept-Language: fr");
    }
    origin.close();

    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      assertThat(text(edge.get("/", "Accept-Language: fr"))).isEqualTo("in fr");
      assertThat(text(edge.get("/", "Accept-Language: de"))).isEqualTo("in de");
    }
  }

  private static String text(RawAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void anObjectLargerThanMemoryIsServedFromItsFileInPartsToo(Transport transport) throws Exception {
    byte[] body = content(LARGE, 2);
    serve(body, HOUR, "ETag: \"big\"");
    try (DiskEdge edge = new DiskEdge(folder, origin, transport, 1 << 20, 256 << 20, null)) {
      assertThat(edge.get("/big").body()).isEqualTo(body);
      awaitObjects(edge, 1);

      RawAnswer again = edge.get("/big");
      assertThat(again.cacheStatus()).contains("; hit");
      assertThat(again.body()).isEqualTo(body);
      RawAnswer part = edge.get("/big", "Range: bytes=5000000-15000000");
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.field("content-range")).isEqualTo("bytes 5000000-15000000/" + LARGE);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(body, 5_000_000, 15_000_001));
      assertThat(edge.get("/big", "Range: bytes=-3").body())
          .isEqualTo(Arrays.copyOfRange(body, LARGE - 3, LARGE));
      assertThat(edge.edge.cachedBytes()).isLessThan(1 << 20);
    }
    origin.close();
    try (DiskEdge edge = new DiskEdge(folder, origin, transport, 1 << 20, 256 << 20, null)) {
      assertThat(edge.get("/big").body()).isEqualTo(body);
    }
    assertThat(origin.requests).hasSize(1);
  }

  @Test
  void allWhoWaitGetALargeObjectWhileItStillArrives() throws Exception {
    byte[] body = content(LARGE, 3);
    CountDownLatch released = new CountDownLatch(1);
    origin.answers(
        (request, out) -> {
          out.write(head(LARGE, HOUR));
          out.write(body, 0, LARGE / 2);
          out.flush();
          assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
          out.write(body, LARGE / 2, LARGE / 2);
        });
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      List<CompletableFuture<byte[]>> halves = new ArrayList<>();
      List<CompletableFuture<byte[]>> wholes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        CompletableFuture<byte[]> half = new CompletableFuture<>();
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        halves.add(half);
        wholes.add(whole);
        Thread.startVirtualThread(() -> read(edge, half, whole));
      }
      for (CompletableFuture<byte[]> half : halves) {
        assertThat(half.get(60, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOf(body, LARGE / 2));
      }
      released.countDown();
      for (CompletableFuture<byte[]> whole : wholes) {
        assertThat(whole.get(60, TimeUnit.SECONDS)).isEqualTo(body);
      }
      assertThat(origin.requests).hasSize(1);
    }
  }

  /** Tells of the first half of the body when it is there, and of all of it. */
  private static void read(
      DiskEdge edge, CompletableFuture<byte[]> half, CompletableFuture<byte[]> whole) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.edge.port())) {
      socket
          .getOutputStream()
          .write("GET /big HTTP/1.1\r\nHost: site\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      var in = socket.getInputStream();
      for (int matched = 0; matched < 4; ) {
        int b = in.read();
        matched = b == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : b == '\r' ? 1 : 0;
      }
      byte[] first = in.readNBytes(LARGE / 2);
      half.complete(first);
      byte[] all = Arrays.copyOf(first, LARGE);
      assertThat(in.readNBytes(all, LARGE / 2, LARGE / 2)).isEqualTo(LARGE / 2);
      whole.complete(all);
    } catch (IOException | AssertionError e) {
      half.completeExceptionally(e);
      whole.completeExceptionally(e);
    }
  }

  @Test
  void anOriginThatBreaksOffLeavesNothingOnDisk() throws Exception {
    origin.answers(
        (request, out) -> {
          out.write(head(LARGE, HOUR));
          out.write(content(LARGE / 2, 4));
          out.flush();
          throw new IOException("the origin breaks off");
        });
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      assertThat(catchThrowable(() -> edge.get("/big"))).isInstanceOf(IOException.class);
      await().atMost(PATIENCE).until(() -> edge.disk().bytes() == 0);
      assertThat(edge.disk().objects()).isZero();
    }
  }

  @Test
  void anObjectThatWasChangedOnDiskIsFetchedAnew() throws Exception {
    byte[] body = content(20_000, 5);
    byte[] large = content(LARGE, 6);
    serve(body, HOUR);
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      var unused = edge.get("/a");
      serve(large, HOUR);
      unused = edge.get("/big");
      awaitObjects(edge, 2);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".new")).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.allocate(1), channel.size() / 2);
        }
      }
    }

    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      serve(body, HOUR);
      assertThat(edge.get("/a").body()).isEqualTo(body);
      serve(large, HOUR);
      assertThat(edge.get("/big").body()).isEqualTo(large);
      assertThat(edge.disk().figures().corrupt.sum()).isEqualTo(2);
      assertThat(origin.requests).hasSize(4);
    }
  }

  @Test
  void whatAnUnsafeMethodChangedDoesNotComeBackAfterARestart() throws Exception {
    serve(content(1000, 7), HOUR);
    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      var unused = edge.get("/a");
      awaitObjects(edge, 1);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.edge.port())) {
        socket
            .getOutputStream()
            .write(
                "DELETE /a HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
    }

    try (DiskEdge edge = new DiskEdge(folder, origin)) {
      assertThat(edge.get("/a").cacheStatus()).contains("fwd=uri-miss");
    }
  }

  @Test
  void theDiskTierStaysWithinItsBytesAndKeepsWhatIsAskedForAgain() throws Exception {
    byte[] body = content(100_000, 8);
    serve(body, HOUR);
    try (DiskEdge edge =
        new DiskEdge(folder, origin, Transport.best(), 256 << 10, 16 << 20, null)) {
      for (int i = 0; i < 400; i++) {
        var unused = edge.get("/" + i);
        // The memory tier is too small to hold it, so that the disk is asked each time.
        unused = edge.get("/often");
        assertThat(edge.disk().bytes()).isLessThanOrEqualTo(16 << 20);
      }
      await().atMost(PATIENCE).until(() -> edge.disk().figures().evicted.sum() > 100);
      long fetches = origin.requests.stream().filter(each -> each.line().contains("often")).count();
      assertThat(fetches).isLessThan(20);
      assertThat(folderBytes()).isLessThanOrEqualTo(17 << 20);
    }
  }

  private long folderBytes() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
