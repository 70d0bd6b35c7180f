package io.millrace.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.broker.BrokerException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class AccessCodecTest {

  private static AccessEntry again(AccessEntry entry) {
    return AccessCodec.decode(
        ByteBuffer.wrap(AccessCodec.key(entry)), ByteBuffer.wrap(AccessCodec.value(entry)));
  }

  @Property(tries = 200)
  void anEntryIsReadAsItWasWritten(
      @ForAll @AlphaChars @StringLength(min = 1, max = 60) String name,
      @ForAll @AlphaChars @StringLength(max = 60) String text,
      @ForAll @IntRange(min = -1) int limit,
      @ForAll boolean some) {
    PasswordHash hash =
        some ? PasswordHash.of(PasswordHashing.SHA_512, text, new Random(limit)) : null;
    User user = new User(name, hash, Set.of("management", name), new UserLimits(limit, -1));
    VirtualHostDefinition host =
        new VirtualHostDefinition(
            name, text, Set.of(name), some ? "quorum" : null, new VirtualHostLimits(-1, limit));
    for (AccessEntry entry :
        new AccessEntry[] {
          user,
          host,
          VirtualHostPermission.of(name, "/", "^" + text, ".*", ""),
          TopicPermission.of(name, "/", "amq.topic", "^{username}\\." + text, "{vhost}")
        }) {
      assertThat(again(entry)).isEqualTo(entry);
      assertThat(AccessCodec.decode(ByteBuffer.wrap(AccessCodec.key(entry)), null).identity())
          .isEqualTo(entry.identity());
    }
  }

  @Property(tries = 2000)
  void anyBytesAreAnEntryOrRefused(
      @ForAll @Size(max = 30) byte[] key, @ForAll @Size(max = 60) byte[] value) {
    try {
      assertThat(AccessCodec.decode(ByteBuffer.wrap(key), ByteBuffer.wrap(value))).isNotNull();
    } catch (IllegalArgumentException | BrokerException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void aHashOfRabbitMqIsOneHere() {
    PasswordHash documented =
        new PasswordHash(
            PasswordHashing.SHA_256, "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");
    assertThat(documented.matches("test12")).isTrue();
    assertThat(documented.matches("test13")).isFalse();
    assertThat(documented.toString()).doesNotContain(documented.base64());
  }

  @Test
  void aHashOfAnotherLengthIsRefused() {
    assertThatExceptionOfType(BrokerException.class)
        .isThrownBy(() -> new PasswordHash(PasswordHashing.SHA_512, "kI3GCqW5"))
        .withMessageContaining("rabbit_password_hashing_sha512")
        .withMessageContaining("68 bytes");
  }

  @Test
  void aPermissionIsForNamesThatItsExpressionIsFoundIn() {
    assertThat(NameRegex.of("^orders\\.").matches("orders.new")).isTrue();
    assertThat(NameRegex.of("orders").matches("my-orders-2")).isTrue();
    assertThat(NameRegex.of("^(?!secret)").matches("secret.keys")).isFalse();
    assertThat(NameRegex.of("").matches("")).isTrue();
    assertThat(NameRegex.of("").matches("a")).isFalse();
    assertThat(NameRegex.of(".*").matchesAll()).isTrue();
    assertThatExceptionOfType(BrokerException.class)
        .isThrownBy(() -> NameRegex.of("(open"))
        .withMessageContaining("'(open' is no regular expression");
  }

  @Test
  void theVariablesOfATopicPermissionStandForNamesAsTheyAre() {
    TopicPermission permission =
        TopicPermission.of("a.b", "/", "amq.topic", "^{username}\\.", "^{vhost}$");
    assertThat(permission.of(Right.WRITE).matches("a.b.c")).isTrue();
    assertThat(permission.of(Right.WRITE).matches("axb.c")).isFalse();
    assertThat(permission.of(Right.READ).matches("/")).isTrue();
  }
}
