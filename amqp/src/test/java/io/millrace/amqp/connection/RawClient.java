package io.millrace.amqp.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.wire.Methods;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A socket and the few frames that a test needs. */
final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 60_000;

  final Socket socket;
  final DataOutputStream out;
  final DataInputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = new DataOutputStream(socket.getOutputStream());
    in = new DataInputStream(socket.getInputStream());
  }

  /** Introduces itself and opens channel 1. */
  RawClient open() throws IOException {
    out.write("AMQP\0\0\11\1".getBytes(US_ASCII));
    expect(Methods.CONNECTION_START);
    method(
        0,
        Methods.CONNECTION_START_OK,
        bytes -> {
          bytes.writeInt(0);
          shortText(bytes, "PLAIN");
          byte[] response = "\0guest\0guest".getBytes(US_ASCII);
          bytes.writeInt(response.length);
          bytes.write(response);
          shortText(bytes, "en_US");
        });
    expect(Methods.CONNECTION_TUNE);
    method(
        0,
        Methods.CONNECTION_TUNE_OK,
        bytes -> {
          bytes.writeShort(100);
          bytes.writeInt(8192);
          bytes.writeShort(0);
        });
    method(
        0,
        Methods.CONNECTION_OPEN,
        bytes -> {
          shortText(bytes, "/");
          bytes.writeShort(0);
        });
    expect(Methods.CONNECTION_OPEN_OK);
    method(1, Methods.CHANNEL_OPEN, bytes -> bytes.writeByte(0));
    expect(Methods.CHANNEL_OPEN_OK);
    return this;
  }

  interface Writing {
    void to(DataOutputStream bytes) throws IOException;
  }

  void method(int number, int method, Writing arguments) throws IOException {
    frame(
        1,
        number,
        bytes -> {
          bytes.writeInt(method);
          arguments.to(bytes);
        });
  }

  void frame(int type, int number, Writing payload) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    payload.to(new DataOutputStream(bytes));
    out.writeByte(type);
    out.writeShort(number);
    out.writeInt(bytes.size());
    out.write(bytes.toByteArray());
    out.writeByte(0xCE);
    out.flush();
  }

  static void shortText(DataOutputStream bytes, String text) throws IOException {
    byte[] encoded = text.getBytes(UTF_8);
    bytes.writeByte(encoded.length);
    bytes.write(encoded);
  }

  void publish(String queue) throws IOException {
    method(
        1,
        Methods.BASIC_PUBLISH,
        bytes -> {
          bytes.writeShort(0);
          shortText(bytes, "");
          shortText(bytes, queue);
          bytes.writeByte(0);
        });
  }

  void header(long bodyBytes) throws IOException {
    frame(
        2,
        1,
        bytes -> {
          bytes.writeShort(60);
          bytes.writeShort(0);
          bytes.writeLong(bodyBytes);
          bytes.writeShort(0);
        });
  }

  /** The arguments of the method that has to come next. */
  ByteBuffer expect(int method) throws IOException {
    in.readUnsignedByte();
    in.readUnsignedShort();
    byte[] payload = new byte[in.readInt()];
    in.readFully(payload);
    in.readUnsignedByte();
    ByteBuffer arguments = ByteBuffer.wrap(payload);
    assertThat(arguments.getInt()).isEqualTo(method);
    return arguments;
  }

  /** Frames that say nothing of interest. */
  void skipFrames(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      in.readUnsignedByte();
      in.readUnsignedShort();
      in.skipNBytes(in.readInt() + 1L);
    }
  }

  /** Code and text of the close that has to come next. */
  String closing(int method) throws IOException {
    ByteBuffer arguments = expect(method);
    int code = arguments.getShort();
    byte[] text = new byte[arguments.get() & 0xff];
    arguments.get(text);
    return code + " " + new String(text, UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
