package io.millrace.cdn.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that writes the frames of HTTP/2 by hand, so that it can also write wrong ones. */
final class Frames implements Closeable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** A frame that came. */
  record Frame(int type, int flags, int stream, byte[] payload) {

    boolean endsStream() {
      return (flags & END_STREAM) != 0 && (type == DATA || type == HEADERS);
    }

    /** The error code of a RST_STREAM or GOAWAY. */
    int error() {
      int at = type == GOAWAY ? 4 : 0;
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }

    String text() {
      return new String(payload, StandardCharsets.ISO_8859_1);
    }
  }

  /** Says the preface and these settings, each an identifier and a value. */
  Frames(Socket socket, int... settings) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    out.write(PREFACE);
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    send(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    return ByteBufUtil.getBytes(frame.writeBytes(payload));
  }

  void send(int type, int flags, int stream, byte... payload) throws IOException {
    out.write(frame(type, flags, stream, payload));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** A field block of names and values in turn, all of them literals. */
  static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      if (i % 2 == 0) {
        block.write(0);
      }
      byte[] text = fields[i].getBytes(StandardCharsets.ISO_8859_1);
      if (text.length < 127) {
        block.write(text.length);
      } else {
        block.write(127);
        int left = text.length - 127;
        for (; left >= 128; left >>>= 7) {
          block.write((left & 127) | 128);
        }
        block.write(left);
      }
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  /** The block of a GET with further fields. */
  static byte[] get(String path, String... more) {
    String[] fields = new String[8 + more.length];
    String[] usual = {":method", "GET", ":scheme", "http", ":path", path, ":authority", "x"};
    System.arraycopy(usual, 0, fields, 0, 8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return block(fields);
  }

  /** The next frame, or null when the connection has ended. */
  @Nullable Frame next() throws IOException {
    try {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, stream, payload);
    } catch (EOFException | SocketException e) {
      return null;
    }
  }

  /** The next frame of a kind on a stream, past all others. */
  Frame await(int type, int stream) throws IOException {
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.type() == type && frame.stream() == stream) {
        return frame;
      }
      if (frame.type() == GOAWAY && type != GOAWAY) {
        throw new IOException("GOAWAY " + frame.error() + ": " + frame.text());
      }
    }
    throw new IOException("the connection has ended before frame " + type + " of " + stream);
  }

  /** Status and fields of the answer on a stream. */
  String head(int stream) throws IOException {
    return decode(await(HEADERS, stream).payload());
  }

  /** The body of the answer on a stream, whose head was read. */
  String body(int stream) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      Frame frame = await(DATA, stream);
      body.append(frame.text());
      if (frame.endsStream()) {
        return body.toString();
      }
    }
  }

  /** Blocks as the edge writes them: no dynamic table, no Huffman codes. */
  static String decode(byte[] block) {
    try {
      var headers = new DefaultHttp2HeadersDecoder(false);
      StringBuilder text = new StringBuilder();
      headers
          .decodeHeaders(1, Unpooled.wrappedBuffer(block))
          .forEach(field -> text.append(field.getKey() + ": " + field.getValue() + "\n"));
      return text.toString();
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
