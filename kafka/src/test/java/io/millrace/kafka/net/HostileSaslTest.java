package io.millrace.kafka.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.sasl.SaslSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has not authenticated itself gets nothing, and holds nothing. */
class HostileSaslTest {

  private static final short V1 = 1;
  private static final short V2 = 2;

  @TempDir Path folder;
  private NodeFixture node;

  @BeforeEach
  void start() {
    SecuritySettings security =
        SecuritySettings.NONE
            .withSasl(SaslSettings.NONE.withPlain(Map.of("alice", "wonder", "bob", "builder")))
            .withProtocol(SecurityProtocol.SASL_PLAINTEXT);
    node = new NodeFixture(folder.resolve("data"), KafkaSettings.defaults().withSecurity(security));
  }

  @AfterEach
  void stop() {
    await().untilAsserted(() -> assertThat(node.server().budget().held()).isZero());
    assertThat(node.server().metrics().failures()).isZero();
    node.close();
  }

  private static byte[] metadata() {
    return RawClient.frame(
        ApiKeys.METADATA, (short) 12, 9, new MetadataRequestData().setTopics(null));
  }

  private static Errors handshake(RawClient client, String mechanism) throws IOException {
    client.send(
        RawClient.frame(
            ApiKeys.SASL_HANDSHAKE, V1, 1, new SaslHandshakeRequestData().setMechanism(mechanism)));
    return Errors.forCode(
        new SaslHandshakeResponseData(client.answer(ApiKeys.SASL_HANDSHAKE, V1, 1), V1)
            .errorCode());
  }

  private static Errors authenticate(RawClient client, String user, String password)
      throws IOException {
    byte[] message = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
    client.send(
        RawClient.frame(
            ApiKeys.SASL_AUTHENTICATE,
            V2,
            2,
            new SaslAuthenticateRequestData().setAuthBytes(message)));
    return Errors.forCode(
        new SaslAuthenticateResponseData(client.answer(ApiKeys.SASL_AUTHENTICATE, V2, 2), V2)
            .errorCode());
  }

  @Test
  void nothingButAuthenticationIsServedBeforeIt() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      client.send(
          RawClient.frame(ApiKeys.API_VERSIONS, (short) 0, 3, new ApiVersionsRequestData()));
      assertThat(
              new ApiVersionsResponseData(
                      client.answer(ApiKeys.API_VERSIONS, (short) 0, 3), (short) 0)
                  .errorCode())
          .isZero();
      client.send(metadata());
      assertThat(client.isClosedByPeer()).isTrue();
    }
    assertThat(node.server().metrics().closedUnauthenticated()).isEqualTo(1);
  }

  @Test
  void aLongFrameIsRefusedBeforeItsBytesAreAwaited() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      client.send(ByteBuffer.allocate(8).putInt(600_000).putShort((short) 36).array());
      assertThat(client.isClosedByPeer()).isTrue();
    }
    assertThat(node.server().metrics().closedForBadFrame()).isEqualTo(1);
  }

  @Test
  void stepsOutOfOrderCostTheConnection() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      assertThat(authenticate(client, "alice", "wonder")).isEqualTo(Errors.ILLEGAL_SASL_STATE);
      assertThat(client.isClosedByPeer()).isTrue();
    }
    try (RawClient client = new RawClient(node.port())) {
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.ILLEGAL_SASL_STATE);
      assertThat(client.isClosedByPeer()).isTrue();
    }
    try (RawClient client = new RawClient(node.port())) {
      assertThat(handshake(client, "GSSAPI")).isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM);
      assertThat(client.isClosedByPeer()).isTrue();
    }
  }

  @Test
  void whoeverDoesNotAuthenticateInTimeIsDisconnected() throws IOException {
    SecuritySettings security =
        SecuritySettings.NONE
            .withSasl(SaslSettings.NONE.withPlain(Map.of("alice", "wonder")))
            .withProtocol(SecurityProtocol.SASL_PLAINTEXT);
    KafkaSettings hasty =
        KafkaSettings.defaults().withSecurity(security).withArrivalTimeout(Duration.ofMillis(200));
    try (NodeFixture impatient = new NodeFixture(folder.resolve("hasty"), hasty);
        RawClient client = new RawClient(impatient.port())) {
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      assertThat(client.isClosedByPeer()).isTrue();
      assertThat(impatient.server().metrics().closedUnauthenticated()).isEqualTo(1);
    }
  }

  @Test
  void aWrongPasswordIsAnsweredAndThenCostsTheConnection() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      assertThat(authenticate(client, "alice", "wander"))
          .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
      assertThat(client.isClosedByPeer()).isTrue();
    }
    assertThat(node.server().metrics().failedAuthentications()).isEqualTo(1);
  }

  @Test
  void aConnectionStaysThatOfItsUser() throws IOException {
    try (RawClient client = new RawClient(node.port())) {
      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      assertThat(authenticate(client, "alice", "wonder")).isEqualTo(Errors.NONE);
      client.send(metadata());
      MetadataResponseData served =
          new MetadataResponseData(client.answer(ApiKeys.METADATA, (short) 12, 9), (short) 12);
      assertThat(served.brokers()).hasSize(1);

      assertThat(handshake(client, "PLAIN")).isEqualTo(Errors.NONE);
      assertThat(authenticate(client, "bob", "builder"))
          .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
      assertThat(client.isClosedByPeer()).isTrue();
    }
  }
}
