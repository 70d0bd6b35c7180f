package io.millrace.app.training;

import io.millrace.log.batch.Compression;
import io.millrace.log.batch.RecordBatchBuilder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Speaks Kafka's protocol to a node in few classes: frames by hand over a blocking socket. */
final class RawKafkaLoad implements AutoCloseable {

  private static final short PRODUCE = 0;
  private static final short FETCH = 1;
  private static final short METADATA = 3;
  private static final short API_VERSIONS = 18;
  private static final byte[] TOPIC = "training".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 10;
  private static final int FRAME_BYTES = 1 << 16;
  private static final int FETCH_BYTES = 1 << 20;
  private static final int RECORDS_PER_BATCH = 100;
  private static final int RECORD_BYTES = 100;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;
  private final RecordBatchBuilder builder = RecordBatchBuilder.create(Compression.NONE);
  private int correlation;

  /** Connects. */
  RawKafkaLoad(String host, int port) throws IOException {
    socket.connect(new InetSocketAddress(host, port));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), FRAME_BYTES));
  }

  /** Asks for versions and metadata, then writes and reads back so many batches. */
  void run(int batches) throws IOException {
    ask(API_VERSIONS, 0, frame());
    // The topic is made by the first of these; it may take a moment until it has a leader.
    for (int i = 0; i < 20; i++) {
      ask(METADATA, 1, string(frame().putInt(1), TOPIC));
    }
    for (int i = 0; i < batches; i++) {
      ask(PRODUCE, 3, produce());
      ask(FETCH, 4, fetch((long) i * RECORDS_PER_BATCH));
    }
  }

  private ByteBuffer produce() {
    ByteBuffer value = ByteBuffer.allocate(RECORD_BYTES);
    for (int i = 0; i < RECORDS_PER_BATCH; i++) {
      builder.add(i, null, value, List.of());
    }
    ByteBuffer batch = builder.build();
    ByteBuffer frame = frame().putShort((short) -1).putShort((short) -1).putInt(10_000).putInt(1);
    return string(frame, TOPIC).putInt(1).putInt(0).putInt(batch.remaining()).put(batch);
  }

  private static ByteBuffer fetch(long offset) {
    ByteBuffer frame = frame().putInt(-1).putInt(100).putInt(1).putInt(FETCH_BYTES).put((byte) 0);
    return string(frame.putInt(1), TOPIC).putInt(1).putInt(0).putLong(offset).putInt(FETCH_BYTES);
  }

  private static ByteBuffer frame() {
    return ByteBuffer.allocate(FRAME_BYTES);
  }

  private static ByteBuffer string(ByteBuffer frame, byte[] text) {
    return frame.putShort((short) text.length).put(text);
  }

  private void ask(short api, int version, ByteBuffer body) throws IOException {
    byte[] bytes = new byte[body.flip().remaining()];
    body.get(bytes);
    out.writeInt(bytes.length + HEADER_BYTES);
    out.writeShort(api);
    out.writeShort(version);
    out.writeInt(correlation++);
    out.writeShort(-1); // no client id
    out.write(bytes);
    out.flush();
    int length = in.readInt();
    in.skipNBytes(length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
