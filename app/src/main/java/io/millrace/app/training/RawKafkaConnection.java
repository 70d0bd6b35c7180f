package io.millrace.app.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a Kafka port in few classes: requests with flexible headers (KIP-482), written by
 * hand into one buffer. For one thread; requests may be sent before the last one is answered.
 */
final class RawKafkaConnection implements AutoCloseable {

  private static final int FRAME_BYTES = 1 << 16;
  private static final byte[] CLIENT_ID = "training".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ByteBuffer request = ByteBuffer.allocate(FRAME_BYTES);
  private int correlation;

  /** Connects. */
  RawKafkaConnection(String host, int port) throws IOException {
    socket.connect(new InetSocketAddress(host, port));
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), FRAME_BYTES));
  }

  /** Begins a request of a flexible version; returns the buffer for its body. */
  ByteBuffer begin(int api, int version) {
    request.clear().putInt(0).putShort((short) api).putShort((short) version);
    request.putInt(correlation++).putShort((short) CLIENT_ID.length).put(CLIENT_ID);
    return request.put((byte) 0); // no tagged fields
  }

  /** Sends the request that was begun. */
  void send() throws IOException {
    request.putInt(0, request.position() - Integer.BYTES);
    out.write(request.array(), 0, request.position());
    out.flush();
  }

  /** Waits for the next answer: its body, after a flexible header. */
  ByteBuffer receive() throws IOException {
    byte[] answer = new byte[in.readInt()];
    in.readFully(answer);
    return ByteBuffer.wrap(answer).position(Integer.BYTES + 1);
  }

  /** Sends the request that was begun, and waits for its answer. */
  ByteBuffer ask() throws IOException {
    send();
    return receive();
  }

  /** Writes a length as compact arrays, strings and bytes have it: plus one, seven bits a byte. */
  static ByteBuffer compactLength(ByteBuffer target, int length) {
    int left = length + 1;
    while (left > 0x7f) {
      target.put((byte) (left | 0x80));
      left >>>= 7;
    }
    return target.put((byte) left);
  }

  /** Steps over a compact string. */
  static void skipString(ByteBuffer source) {
    int length = source.get() - 1; // those here are shorter than 127 bytes
    source.position(source.position() + Math.max(0, length));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
