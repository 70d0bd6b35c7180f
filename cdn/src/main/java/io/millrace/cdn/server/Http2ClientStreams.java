package io.millrace.cdn.server;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an HTTP/2 connection, each kept with the codec's stream that it came on, so that
 * it goes when that does. Confined to the connection's loop.
 */
final class Http2ClientStreams {

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;

  Http2ClientStreams(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.newKey();
  }

  /** The request that came on a stream; null when none has, as on one that was refused. */
  @Nullable Http2ClientStream of(Http2Stream stream) {
    return stream.getProperty(key);
  }

  /** A request came on a stream. */
  void add(Http2Stream stream, Http2ClientStream request) {
    stream.setProperty(key, request);
  }

  /** Tells each that is not over. */
  void forEach(Consumer<Http2ClientStream> what) throws Http2Exception {
    connection.forEachActiveStream(
        stream -> {
          Http2ClientStream request = of(stream);
          if (request != null) {
            what.accept(request);
          }
          return true;
        });
  }
}
