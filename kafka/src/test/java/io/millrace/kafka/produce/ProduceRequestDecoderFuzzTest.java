package io.millrace.kafka.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.millrace.kafka.produce.ProduceRequestDecoder.ProduceRequest;
import io.millrace.kafka.wire.MalformedRequestException;
import io.millrace.kafka.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** No bytes make the decoder fail otherwise than by saying what is wrong, or point outside them. */
class ProduceRequestDecoderFuzzTest {

  private static final short FIRST_FLEXIBLE = 9;
  private static final int VERSIONS = 11;
  private static final int FIRST_VERSION = 3;

  @FuzzTest
  void anyBytes(byte[] input) {
    if (input.length == 0) {
      return;
    }
    short version = (short) (FIRST_VERSION + Math.floorMod(input[0], VERSIONS));
    ByteBuf body = Unpooled.wrappedBuffer(input, 1, input.length - 1);
    try {
      ProduceRequest request =
          ProduceRequestDecoder.decode(new RequestReader(body, version >= FIRST_FLEXIBLE), version);
      request
          .topics()
          .forEach(
              topic ->
                  topic
                      .partitions()
                      .forEach(
                          batches -> {
                            assertThat(batches.start()).isBetween(0, input.length);
                            assertThat(batches.start() + Math.max(0, batches.length()))
                                .isBetween(0, input.length - 1);
                          }));
    } catch (MalformedRequestException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }
}
