package io.millrace.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.kafka.fetch.FetchRequestDecoder.FetchRequest;
import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * No bytes make the decoder fail otherwise than by saying what is wrong, or hold more than sent.
 */
class FetchRequestDecoderFuzzTest {

  private static final short FIRST_FLEXIBLE = 12;
  private static final int VERSIONS = 15;
  private static final int FIRST_VERSION = 4;

  @FuzzTest
  void anyBytes(byte[] input) {
    if (input.length == 0) {
      return;
    }
    short version = (short) (FIRST_VERSION + Math.floorMod(input[0], VERSIONS));
    ByteBuf body = Unpooled.wrappedBuffer(input, 1, input.length - 1);
    try {
      FetchRequest request =
          FetchRequestDecoder.decode(new RequestReader(body, version >= FIRST_FLEXIBLE), version);
      // Each takes 16 bytes and more on the wire, so hostile counts cannot ask for memory.
      assertThat(request.partitions().size()).isLessThanOrEqualTo(input.length / 16);
      assertThat(request.forgotten().size()).isLessThanOrEqualTo(input.length / 4);
    } catch (MalformedRequestException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }
}
