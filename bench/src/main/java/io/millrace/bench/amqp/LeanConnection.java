package io.millrace.bench.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that costs the client as little as may be: one blocking socket, one buffer each way,
 * no object for a frame. One thread may write while another one reads.
 */
final class LeanConnection implements AutoCloseable {

  /** What a frame has before its payload and after it. */
  static final int PREFIX_BYTES = 7;

  static final byte METHOD = 1;
  static final byte HEADER = 2;
  static final byte BODY = 3;
  static final byte FRAME_END = (byte) 0xce;

  static final int CONNECTION_START_OK = 10 << 16 | 11;
  static final int CONNECTION_TUNE = 10 << 16 | 30;
  static final int CONNECTION_TUNE_OK = 10 << 16 | 31;
  static final int CONNECTION_OPEN = 10 << 16 | 40;
  static final int CONNECTION_CLOSE = 10 << 16 | 50;
  static final int CHANNEL_OPEN = 20 << 16 | 10;
  static final int CHANNEL_CLOSE = 20 << 16 | 40;
  static final int EXCHANGE_DECLARE = 40 << 16 | 10;
  static final int QUEUE_DECLARE = 50 << 16 | 10;
  static final int QUEUE_BIND = 50 << 16 | 20;
  static final int BASIC_QOS = 60 << 16 | 10;
  static final int BASIC_CONSUME = 60 << 16 | 20;
  static final int BASIC_PUBLISH = 60 << 16 | 40;
  static final int BASIC_DELIVER = 60 << 16 | 60;
  static final int BASIC_ACK = 60 << 16 | 80;
  static final int BASIC_NACK = 60 << 16 | 120;
  static final int CONFIRM_SELECT = 85 << 16 | 10;

  private static final byte[] PROTOCOL = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int FRAME_MAX = 131_072;
  private static final long RETRY_MILLIS = 20;

  private final SocketChannel socket;
  private final ByteBuffer out;
  private final ByteBuffer in;
  private int frameAt;

  // The frame that was read last.
  private int type;
  private int payloadAt;
  private int payloadBytes;

  private LeanConnection(SocketChannel socket, int bufferBytes) {
    this.socket = socket;
    out = ByteBuffer.allocateDirect(bufferBytes);
    in = ByteBuffer.allocateDirect(bufferBytes).limit(0);
  }

  /**
   * Connects to a port of 127.0.0.1 as the guest, and opens channel 1.
   *
   * @param bufferBytes for each way; no frame may be longer
   */
  static LeanConnection open(int port, int bufferBytes) throws IOException {
    SocketChannel socket =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    try {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      LeanConnection connection = new LeanConnection(socket, bufferBytes);
      connection.introduce();
      return connection;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** As {@link #open}, once the server answers. */
  static LeanConnection await(int port, int bufferBytes, Runnable requireAlive, Duration limit)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return open(port, bufferBytes);
      } catch (IOException notYet) {
        requireAlive.run();
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  private void introduce() throws IOException {
    out.put(PROTOCOL);
    flush();
    read();
    int frame = begin(0, CONNECTION_START_OK);
    out.putInt(0);
    putShortText(out, "PLAIN");
    putLongText(out, "\0guest\0guest");
    putShortText(out, "en_US");
    end(frame);
    flush();
    read();
    require(CONNECTION_TUNE);
    short channelMax = in.getShort(payloadAt + Integer.BYTES);
    frame = begin(0, CONNECTION_TUNE_OK);
    out.putShort(channelMax).putInt(FRAME_MAX).putShort((short) 0);
    end(frame);
    frame = begin(0, CONNECTION_OPEN);
    putShortText(out, "/");
    out.putShort((short) 0);
    end(frame);
    call(CONNECTION_OPEN);
    frame = begin(1, CHANNEL_OPEN);
    out.put((byte) 0);
    end(frame);
    call(CHANNEL_OPEN);
  }

  // ---- what is asked for and answered ----

  /** Declares a queue; {@code type} is null where the server chooses. */
  void declareQueue(String queue, boolean durable, @Nullable String type) throws IOException {
    writeDeclareQueue(queue, durable, type);
    call(QUEUE_DECLARE);
  }

  /** Writes the question of {@link #declareQueue} only. */
  void writeDeclareQueue(String queue, boolean durable, @Nullable String type) {
    int frame = begin(1, QUEUE_DECLARE);
    out.putShort((short) 0);
    putShortText(out, queue);
    out.put((byte) (durable ? 2 : 0));
    if (type == null) {
      out.putInt(0);
    } else {
      int table = out.position();
      out.putInt(0);
      putShortText(out, "x-queue-type");
      out.put((byte) 'S');
      putLongText(out, type);
      out.putInt(table, out.position() - table - Integer.BYTES);
    }
    end(frame);
  }

  void declareExchange(String exchange, String type) throws IOException {
    int frame = begin(1, EXCHANGE_DECLARE);
    out.putShort((short) 0);
    putShortText(out, exchange);
    putShortText(out, type);
    out.put((byte) 0).putInt(0);
    end(frame);
    call(EXCHANGE_DECLARE);
  }

  /** Writes a binding; {@link #answered} waits for its answer. */
  void writeBind(String queue, String exchange, String key) {
    int frame = begin(1, QUEUE_BIND);
    out.putShort((short) 0);
    putShortText(out, queue);
    putShortText(out, exchange);
    putShortText(out, key);
    out.put((byte) 0).putInt(0);
    end(frame);
  }

  /** Consumes; {@code prefetch} 0 is any number. */
  void consume(String queue, boolean autoAcknowledge, int prefetch) throws IOException {
    int frame = begin(1, BASIC_QOS);
    out.putInt(0).putShort((short) prefetch).put((byte) 0);
    end(frame);
    call(BASIC_QOS);
    frame = begin(1, BASIC_CONSUME);
    out.putShort((short) 0);
    putShortText(out, queue);
    putShortText(out, "");
    out.put((byte) (autoAcknowledge ? 2 : 0)).putInt(0);
    end(frame);
    call(BASIC_CONSUME);
  }

  void selectConfirms() throws IOException {
    int frame = begin(1, CONFIRM_SELECT);
    out.put((byte) 0);
    end(frame);
    call(CONFIRM_SELECT);
  }

  /** Acknowledges all deliveries up to a tag. */
  void acknowledge(long tag) throws IOException {
    int frame = begin(1, BASIC_ACK);
    out.putLong(tag).put((byte) 1);
    end(frame);
    flush();
  }

  /** Sends what is written and waits for the answer to a method. */
  private void call(int method) throws IOException {
    flush();
    answered(method);
  }

  /** Waits for the answer to a method; messages that come before it are passed over. */
  void answered(int method) throws IOException {
    do {
      read();
    } while (type != METHOD || method() == BASIC_DELIVER);
    require(method + 1);
  }

  private void require(int method) throws IOException {
    if (method() == CONNECTION_CLOSE || method() == CHANNEL_CLOSE) {
      ByteBuffer text = in.duplicate().position(payloadAt + 7).limit(payloadAt + payloadBytes);
      text.limit(text.position() + (in.get(payloadAt + 6) & 0xff));
      throw new IOException("the server refused: " + UTF_8.decode(text));
    }
    if (method() != method) {
      throw new IOException(
          "the server sent method %d.%d, not %d.%d"
              .formatted(method() >> 16, method() & 0xffff, method >> 16, method & 0xffff));
    }
  }

  // ---- frames out ----

  private int begin(int channel, int method) {
    int at = out.position();
    out.put(METHOD).putShort((short) channel).putInt(0).putInt(method);
    return at;
  }

  private void end(int at) {
    out.putInt(at + 3, out.position() - at - PREFIX_BYTES);
    out.put(FRAME_END);
  }

  /** Room that is left before {@link #flush} has to be called. */
  int room() {
    return out.remaining();
  }

  /** Sends what is written. */
  void flush() throws IOException {
    out.flip();
    send(out);
    out.clear();
  }

  /** Sends bytes that are frames. */
  void send(ByteBuffer frames) throws IOException {
    while (frames.hasRemaining()) {
      socket.write(frames);
    }
  }

  static void putShortText(ByteBuffer target, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    target.put((byte) bytes.length).put(bytes);
  }

  private static void putLongText(ByteBuffer target, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    target.putInt(bytes.length).put(bytes);
  }

  // ---- frames in ----

  /** Waits for the next frame. */
  void read() throws IOException {
    while (!next()) {
      fill();
    }
  }

  /** Steps to the next frame, if it has been received whole. */
  boolean next() {
    int at = frameAt;
    if (in.limit() - at < PREFIX_BYTES) {
      return false;
    }
    int bytes = in.getInt(at + 3);
    if (in.limit() - at < bytes + PREFIX_BYTES + 1) {
      return false;
    }
    type = in.get(at);
    payloadAt = at + PREFIX_BYTES;
    payloadBytes = bytes;
    frameAt = payloadAt + bytes + 1;
    return true;
  }

  /** Receives more; waits when there is none. */
  void fill() throws IOException {
    in.position(frameAt);
    in.compact();
    frameAt = 0;
    int count = socket.read(in);
    in.flip();
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
  }

  /** Of the frame that was read last: its type. */
  int type() {
    return type;
  }

  /** Of a method frame: class and method. */
  int method() {
    return in.getInt(payloadAt);
  }

  /** Of a method frame: the tag of an acknowledgement. */
  long acknowledgedTag() {
    return in.getLong(payloadAt + Integer.BYTES);
  }

  /** Of an acknowledgement: whether it is of all tags up to its own. */
  boolean acknowledgesAllBefore() {
    return (in.get(payloadAt + Integer.BYTES + Long.BYTES) & 1) != 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
