package io.millrace.bench.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishFramesTest {

  private static final int BODY_BYTES = 12;

  @Test
  void aRunOfMessagesIsTheBytesOfEachOfThem() {
    PublishFrames frames =
        new PublishFrames("bench", List.of("a", "longer", "b"), BODY_BYTES, true);
    assertThat(frames.count()).isEqualTo(3);
    int all = frames.slice(0, 3).remaining();
    int first = frames.slice(0, 1).remaining();
    int rest = frames.slice(1, 10).remaining();
    assertThat(first + rest).isEqualTo(all);
    assertThat(rest).isEqualTo(2 * first + "longer".length() - "a".length());
  }

  @Test
  void aMessageIsThreeFramesThatEndWhereTheySay() {
    PublishFrames frames = new PublishFrames("", List.of("queue"), BODY_BYTES, false);
    ByteBuffer bytes = frames.slice(0, 1);
    int count = 0;
    while (bytes.hasRemaining()) {
      bytes.position(bytes.position() + 3);
      int payload = bytes.getInt();
      bytes.position(bytes.position() + payload);
      assertThat(bytes.get()).isEqualTo(LeanConnection.FRAME_END);
      count++;
    }
    assertThat(count).isEqualTo(3);
  }
}
