package io.millrace.amqp.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.amqp.NodeFixture;
import io.millrace.amqp.auth.Authenticator;
import io.millrace.amqp.auth.CertificateLogin;
import io.millrace.amqp.wire.FieldWriter;
import io.millrace.amqp.wire.Frames;
import io.millrace.amqp.wire.Methods;
import io.millrace.core.Clock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a client sends after it has opened a channel, it is told what is wrong with it. */
class AnyFramesTest {

  private static final int FRAME_MAX = 8192;
  private static final int TRIES = 1_500;

  private static final List<Integer> METHODS =
      List.of(
          Methods.CHANNEL_OPEN,
          Methods.CHANNEL_FLOW,
          Methods.CHANNEL_CLOSE,
          Methods.EXCHANGE_DECLARE,
          Methods.EXCHANGE_DELETE,
          Methods.EXCHANGE_BIND,
          Methods.EXCHANGE_UNBIND,
          Methods.QUEUE_DECLARE,
          Methods.QUEUE_BIND,
          Methods.QUEUE_UNBIND,
          Methods.QUEUE_PURGE,
          Methods.QUEUE_DELETE,
          Methods.BASIC_QOS,
          Methods.BASIC_CONSUME,
          Methods.BASIC_CANCEL,
          Methods.BASIC_PUBLISH,
          Methods.BASIC_GET,
          Methods.BASIC_ACK,
          Methods.BASIC_REJECT,
          Methods.BASIC_NACK,
          Methods.BASIC_RECOVER,
          Methods.CONFIRM_SELECT,
          Methods.TX_SELECT,
          Methods.TX_COMMIT,
          Methods.TX_ROLLBACK,
          Methods.CONNECTION_UPDATE_SECRET);

  @TempDir static Path folder;
  private static NodeFixture node;

  @BeforeAll
  static void start() {
    node = new NodeFixture(folder.resolve("data"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Any bytes, where frames have to be. */
  @FuzzTest
  void anyBytes(byte[] input) {
    answer(Unpooled.wrappedBuffer(input));
  }

  /** Any bytes as the arguments of a method. */
  @FuzzTest
  void anyArguments(byte[] input) {
    if (input.length > 0 && input.length < FRAME_MAX / 2) {
      answer(method(METHODS.get((input[0] & 0xff) % METHODS.size()), input));
    }
  }

  @Test
  void methodsWithRandomArgumentsOfTheRightKinds() {
    Random random = new Random(20_261_124);
    for (int i = 0; i < TRIES; i++) {
      ByteBuf frames = Unpooled.buffer();
      for (int method = 0; method < 3; method++) {
        byte[] arguments = arguments(random);
        frames.writeBytes(method(METHODS.get(random.nextInt(METHODS.size())), arguments));
      }
      if (random.nextInt(4) == 0 && frames.readableBytes() > 0) {
        frames.setByte(random.nextInt(frames.readableBytes()), random.nextInt(256));
      }
      answer(frames);
    }
  }

  /** Numbers, short texts and tables in any order: much of it is what some method expects. */
  private static byte[] arguments(Random random) {
    ByteBuf out = Unpooled.buffer();
    if (random.nextBoolean()) {
      out.writeShort(0);
    }
    for (int i = random.nextInt(6); i >= 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> FieldWriter.shortText(out, "name-" + random.nextInt(3));
        case 1 -> out.writeByte(random.nextInt(256));
        case 2 -> FieldWriter.table(out, Map.of("x-max-length", random.nextInt(-2, 5)));
        default -> out.writeLong(random.nextInt(4));
      }
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  private static ByteBuf method(int method, byte[] arguments) {
    ByteBuf out = Unpooled.buffer();
    int frame = Frames.method(out, 1, method);
    out.writeBytes(arguments);
    Frames.end(out, frame);
    return out;
  }

  private static void answer(ByteBuf input) {
    ConnectionServices services =
        ConnectionServices.of(
            new Authenticator(node.access(), Set.of(), new Random(1)),
            node.server().messaging(),
            new ConnectionLimits(FRAME_MAX, 10, Duration.ZERO, Duration.ofMinutes(1), 10, 1 << 20),
            new AmqpMetrics(),
            Clock.system());
    EmbeddedChannel channel =
        new EmbeddedChannel(new Connection(services, CertificateLogin.DISTINGUISHED_NAME));
    try {
      channel.writeInbound(introduction());
      channel.writeInbound(input);
      channel.runPendingTasks();
      channel.checkException();
      ByteBuf out = Unpooled.buffer();
      for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
        out.writeBytes(each);
        each.release();
      }
      assertThat(out.toString(ISO_8859_1)).doesNotContain("INTERNAL_ERROR");
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static ByteBuf introduction() {
    ByteBuf out = Unpooled.buffer();
    out.writeBytes("AMQP\0\0\11\1".getBytes(US_ASCII));
    int start = Frames.method(out, 0, Methods.CONNECTION_START_OK);
    out.writeInt(0);
    FieldWriter.shortText(out, "PLAIN");
    FieldWriter.longText(out, "\0guest\0guest");
    FieldWriter.shortText(out, "en_US");
    Frames.end(out, start);
    int tune = Frames.method(out, 0, Methods.CONNECTION_TUNE_OK);
    out.writeShort(10).writeInt(FRAME_MAX).writeShort(0);
    Frames.end(out, tune);
    int open = Frames.method(out, 0, Methods.CONNECTION_OPEN);
    FieldWriter.shortText(out, "/");
    out.writeShort(0);
    Frames.end(out, open);
    int channel = Frames.method(out, 1, Methods.CHANNEL_OPEN);
    out.writeByte(0);
    Frames.end(out, channel);
    return out;
  }
}
