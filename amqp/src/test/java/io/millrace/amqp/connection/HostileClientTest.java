package io.millrace.amqp.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.wire.Methods;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that breaks the rules is told which, and is alone in having to leave. */
class HostileClientTest {

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
  void aBodyShorterThanItsHeaderSays() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.publish("q");
      client.header(10);
      client.frame(3, 1, bytes -> bytes.write(new byte[4]));
      client.method(1, Methods.BASIC_QOS, bytes -> bytes.write(new byte[7]));
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .startsWith("505 UNEXPECTED_FRAME - expected content header or body");
    }
  }

  @Test
  void aFrameThatDoesNotEndAsFramesDo() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.out.writeByte(8);
      client.out.writeShort(0);
      client.out.writeInt(0);
      client.out.writeByte(0);
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .isEqualTo("501 FRAME_ERROR - a frame of type 8 does not end with 0xCE");
    }
  }

  @Test
  void aFrameOfATypeThatThereIsNot() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.frame(5, 1, bytes -> bytes.write(1));
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .isEqualTo("501 FRAME_ERROR - a frame is of unknown type 5");
    }
  }

  @Test
  void aMethodThatIsCutShort() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(1, Methods.QUEUE_DECLARE, bytes -> bytes.writeShort(0));
      assertThat(client.closing(Methods.CONNECTION_CLOSE)).startsWith("502 SYNTAX_ERROR - ");
    }
  }

  @Test
  void oneChannelMoreThanWasAgreedOn() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      for (int number = 2; number <= 100; number++) {
        client.method(number, Methods.CHANNEL_OPEN, bytes -> bytes.writeByte(0));
        client.expect(Methods.CHANNEL_OPEN_OK);
      }
      client.method(101, Methods.CHANNEL_OPEN, bytes -> bytes.writeByte(0));
      assertThat(client.closing(Methods.CONNECTION_CLOSE))
          .isEqualTo(
              "530 NOT_ALLOWED - number of channels opened (100) has reached the negotiated"
                  + " channel_max (100)");
      await().until(() -> node.server().metrics().channels() == 1);
    }
  }

  @Test
  void publishingToAnExchangeThatThereIsNotCostsTheChannel() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(
          1,
          Methods.BASIC_PUBLISH,
          bytes -> {
            bytes.writeShort(0);
            RawClient.shortText(bytes, "nowhere");
            RawClient.shortText(bytes, "k");
            bytes.writeByte(0);
          });
      client.header(0);
      assertThat(client.closing(Methods.CHANNEL_CLOSE))
          .isEqualTo("404 NOT_FOUND - no exchange 'nowhere' in vhost '/'");
    }
  }

  @Test
  void declaringAQueueAnewWithOtherArgumentsCostsTheChannel() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(
          1,
          Methods.QUEUE_DECLARE,
          bytes -> {
            bytes.writeShort(0);
            RawClient.shortText(bytes, "q");
            bytes.writeByte(2);
            bytes.writeInt(0);
          });
      assertThat(client.closing(Methods.CHANNEL_CLOSE))
          .isEqualTo(
              "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/':"
                  + " received 'true' but current is 'false'");
    }
  }

  @Test
  void acknowledgingTwiceCostsTheChannel() throws Exception {
    channel.basicPublish("", "q", null, "a".getBytes(UTF_8));
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(
          1,
          Methods.BASIC_GET,
          bytes -> {
            bytes.writeShort(0);
            RawClient.shortText(bytes, "q");
            bytes.writeByte(0);
          });
      client.expect(Methods.BASIC_GET_OK);
      client.skipFrames(2);
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

  @Test
  void aSecretIsRenewedOnAnOpenConnection() throws Exception {
    try (RawClient client = new RawClient(node.port()).open()) {
      client.method(
          0,
          Methods.CONNECTION_UPDATE_SECRET,
          bytes -> {
            bytes.writeInt(3);
            bytes.write("new".getBytes(UTF_8));
            RawClient.shortText(bytes, "rotation");
          });
      client.expect(Methods.CONNECTION_UPDATE_SECRET_OK);
    }
  }
}
