package io.millrace.bench.kafka;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A connection that costs the client as little as may be: one blocking socket, one buffer each way,
 * no object per request. Used by one thread.
 */
final class LeanConnection implements AutoCloseable {

  private static final byte[] CLIENT_ID = "lean".getBytes(StandardCharsets.US_ASCII);
  private static final int FIRST_RESPONSE_BYTES = 1 << 16;

  private final SocketChannel socket;
  private final ByteBuffer request;
  private ByteBuffer response = ByteBuffer.allocateDirect(FIRST_RESPONSE_BYTES);
  private int correlation;

  /**
   * Connects to a port of 127.0.0.1.
   *
   * @param requestBytes the largest request that will be sent
   */
  LeanConnection(int port, int requestBytes) throws IOException {
    this.socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.request = ByteBuffer.allocateDirect(requestBytes);
  }

  /** Begins a request with header version 1, and returns the buffer to put its body into. */
  ByteBuffer begin(short api, short version) {
    request.clear();
    request.putInt(0).putShort(api).putShort(version).putInt(correlation++);
    request.putShort((short) CLIENT_ID.length).put(CLIENT_ID);
    return request;
  }

  /** Sends the request that was begun. */
  void send() throws IOException {
    request.flip();
    request.putInt(0, request.limit() - Integer.BYTES);
    while (request.hasRemaining()) {
      socket.write(request);
    }
  }

  /** Waits for the next response: its body, after the correlation id; valid until the next call. */
  ByteBuffer receive() throws IOException {
    response.clear().limit(Integer.BYTES);
    fill();
    int length = response.getInt(0);
    if (length > response.capacity()) {
      response = ByteBuffer.allocateDirect(length);
    }
    response.clear().limit(length);
    fill();
    response.flip().position(Integer.BYTES);
    return response;
  }

  private void fill() throws IOException {
    while (response.hasRemaining()) {
      if (socket.read(response) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
  }

  /** Puts a string with a two-byte length. */
  static void putString(ByteBuffer target, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    target.putShort((short) bytes.length).put(bytes);
  }

  /** Steps over a string with a two-byte length. */
  static void skipString(ByteBuffer source) {
    int length = source.getShort();
    source.position(source.position() + Math.max(0, length));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
