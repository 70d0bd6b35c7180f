package io.millrace.kafka.net;

import io.millrace.kafka.wire.WireBytes;
import io.netty.buffer.ByteBuf;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** A client that can send anything, well-formed or not. */
public final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final DataOutputStream out;
  private final DataInputStream in;

  /** Connects to a port of the loopback interface. */
  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    out = new DataOutputStream(socket.getOutputStream());
    in = new DataInputStream(socket.getInputStream());
  }

  /** Sends bytes as they are. */
  public void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** A whole request: length, header, body. */
  public static byte[] frame(ApiKeys api, short version, int correlationId, ApiMessage body) {
    ByteBuf encoded = WireBytes.of(body, version);
    byte[] client = "raw".getBytes(StandardCharsets.UTF_8);
    boolean flexible = api.requestHeaderVersion(version) >= 2;
    int length = 10 + client.length + (flexible ? 1 : 0) + encoded.readableBytes();
    ByteBuffer frame = ByteBuffer.allocate(4 + length);
    frame.putInt(length).putShort(api.id).putShort(version).putInt(correlationId);
    frame.putShort((short) client.length).put(client);
    if (flexible) {
      frame.put((byte) 0);
    }
    encoded.readBytes(frame);
    return frame.array();
  }

  /** Reads one answer, and returns its body, after checking whose it is. */
  public ByteBufferAccessor answer(ApiKeys api, short version, int correlationId)
      throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int got = frame.getInt();
    if (got != correlationId) {
      throw new AssertionError("an answer to " + got + " where " + correlationId + " was due");
    }
    if (api.responseHeaderVersion(version) >= 1) {
      frame.get();
    }
    return new ByteBufferAccessor(frame);
  }

  /** Whether the other side closes the connection without another byte. */
  public boolean isClosedByPeer() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
