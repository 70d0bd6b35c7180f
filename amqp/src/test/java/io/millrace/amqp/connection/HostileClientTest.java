package io.millrace.amqp.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.wire.Methods;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that breaks the rules is told which, and is alone in having to leave. */
class HostileClientTest {

  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir Path folder;
  private NodeFixture node;
  private Connection bystander;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    node = new NodeFixture(folder.resolve("data"));
    bystander = node.connect();
    channel = bystander.createChannel();
    channel.queueDeclare("q", false, false, false, null);
  }

  @AfterEach
  void stop() throws Exception {
    channel.basicPublish("", "q", null, "still here".getBytes(UTF_8));
    assertThat(channel.basicGet("q", true).getBody()).asString(UTF_8).isEqualTo("still here");
    bystander.abort();
    node.close();
  }

  /** A socket and the few frames that a test needs. */
  private static final class RawClient implements AutoCloseable {
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

  @Test
  void anotherProtocolIsAnsweredWithTheOneThatIsSpoken() throws Exception {
    try (RawClient client = new RawClient(node.port())) {
      client.out.write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.in.readAllBytes()).isEqualTo("AMQP\0\0\11\1".getBytes(US_ASCII));
    }
  }

  @Test
  void aFrameOf4GiBIsRefusedByItsLength() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.out.writeByte(3);
      client.out.writeShort(1);
      client.out.writeInt(-1);
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .isEqualTo(
              "501 FRAME_ERROR - type 3, frame size 4294967303 is larger than the negotiated"
                  + " frame_max of 8192");
    }
  }

  @Test
  void aBodyLongerThanItsHeaderSays() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.publish("q");
      client.header(3);
      client.frame(3, 1, bytes -> bytes.write(new byte[4]));
      assertThat(client.closing(Methods.CONNECTION_CLOSE)).startsWith("501 FRAME_ERROR - ");
    }
  }

  @Test
  void aMethodWhereABodyHasToCome() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.publish("q");
      client.publish("q");
      assertThat(client.closing(Methods.CONNECTION_CLOSE)).startsWith("505 UNEXPECTED_FRAME - ");
    }
  }

  @Test
  void aMessageLongerThanAllowedCostsItsChannelBeforeItIsSent() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.publish("q");
      client.header(1L << 40);
      assertThat(client.closing(Methods.CHANNEL_CLOSE))
          .isEqualTo(
              "406 PRECONDITION_FAILED - message size 1099511627776 is larger than configured max"
                  + " size 16777216");
    }
  }

  @Test
  void aMethodThatThereIsNot() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(1, 77 << 16 | 7, bytes -> {});
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .startsWith("503 COMMAND_INVALID - no method 7 of class 77");
    }
  }

  @Test
  void aChannelPastTheAgreedNumber() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(65_535, Methods.CHANNEL_OPEN, bytes -> bytes.writeByte(0));
      assertThat(client.closing(Methods.CONNECTION_CLOSE)).startsWith("530 NOT_ALLOWED - ");
    }
  }

  @Test
  void aChannelThatWasNotOpened() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(2, Methods.BASIC_GET, bytes -> {});
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .isEqualTo("504 CHANNEL_ERROR - expected 'channel.open'");
    }
  }

  @Test
  void aTableNestedAThousandDeep() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(
          1,
          Methods.QUEUE_DECLARE,
          bytes -> {
            bytes.writeShort(0);
            RawClient.shortText(bytes, "deep");
            bytes.writeByte(0);
            for (int i = 999; i >= 0; i--) {
              bytes.writeInt(i * 7);
              if (i > 0) {
                bytes.writeByte(1);
                bytes.writeByte('a');
                bytes.writeByte('F');
              }
            }
          });
      assertThat(client.closing(Methods.CONNECTION_CLOSE)).startsWith("502 SYNTAX_ERROR - ");
    }
  }

  @Test
  void acknowledgingTwiceCostsTheChannel() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      for (int i = 0; i < 2; i++) {
        client.method(
            1,
            Methods.BASIC_ACK,
            bytes -> {
              bytes.writeLong(1);
              bytes.writeByte(0);
            });
      }
      assertThat(client.closing(Methods.CHANNEL_CLOSE))
          .isEqualTo("406 PRECONDITION_FAILED - unknown delivery tag 1");
    }
  }
}
