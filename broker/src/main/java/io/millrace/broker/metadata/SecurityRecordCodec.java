package io.millrace.broker.metadata;

import io.millrace.broker.metadata.MetadataRecord.AclGone;
import io.millrace.broker.metadata.MetadataRecord.AclRecord;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialGone;
import io.millrace.broker.metadata.MetadataRecord.ScramCredentialRecord;
import io.millrace.broker.security.AclBinding;
import io.millrace.broker.security.Operation;
import io.millrace.broker.security.PatternType;
import io.millrace.broker.security.Permission;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceType;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramMechanism;
import io.millrace.broker.security.ScramUser;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link MetadataRecordCodec} that is about security.
 *
 * <pre>
 *   key    type u8 · 16 SCRAM credential: mechanism u8 · user
 *                    17 access control entry: resource type u8 · pattern u8 · operation u8 ·
 *                       permission u8 · name · principal's type · principal's name · host
 *   value  version u8 ·
 *          SCRAM credential: iterations i32 · salt · stored key · server key
 *          access control entry: nothing
 *   text, bytes   length u16 · UTF-8 or bytes
 * </pre>
 *
 * <p>A key without a value says that the credential or the entry has gone.
 */
final class SecurityRecordCodec {

  static final byte SCRAM_CREDENTIAL = 16;
  static final byte ACL = 17;
  private static final int MAX_BYTES = 0xffff;

  private SecurityRecordCodec() {}

  static ByteBuffer key(ScramUser user) {
    byte[] name = text(user.name());
    ByteBuffer out = ByteBuffer.allocate(4 + name.length);
    out.put(SCRAM_CREDENTIAL).put(user.mechanism().code());
    put(out, name);
    return out.flip();
  }

  static ByteBuffer key(AclBinding binding) {
    byte[] name = text(binding.name());
    byte[] principalType = text(binding.principal().type());
    byte[] principalName = text(binding.principal().name());
    byte[] host = text(binding.host());
    ByteBuffer out =
        ByteBuffer.allocate(
            13 + name.length + principalType.length + principalName.length + host.length);
    out.put(ACL).put(binding.type().code()).put(binding.pattern().code());
    out.put(binding.operation().code()).put(binding.permission().code());
    put(out, name);
    put(out, principalType);
    put(out, principalName);
    put(out, host);
    return out.flip();
  }

  static ByteBuffer value(ScramCredential credential, byte version) {
    ByteBuffer out =
        ByteBuffer.allocate(
            11
                + credential.salt().length
                + credential.storedKey().length
                + credential.serverKey().length);
    out.put(version).putInt(credential.iterations());
    put(out, credential.salt());
    put(out, credential.storedKey());
    put(out, credential.serverKey());
    return out.flip();
  }

  /** After the type; {@code value} after its version. */
  static MetadataRecord scram(ByteBuffer key, @Nullable ByteBuffer value) {
    ScramMechanism mechanism = ScramMechanism.of(key.get());
    ScramUser user = new ScramUser(string(key), mechanism);
    if (value == null) {
      return new ScramCredentialGone(user);
    }
    int iterations = value.getInt();
    return new ScramCredentialRecord(
        user, new ScramCredential(bytes(value), bytes(value), bytes(value), iterations));
  }

  /** After the type; {@code value} after its version. */
  static MetadataRecord acl(ByteBuffer key, @Nullable ByteBuffer value) {
    ResourceType type = known(ResourceType.of(key.get()));
    PatternType pattern = known(PatternType.of(key.get()));
    Operation operation = known(Operation.of(key.get()));
    Permission permission = known(Permission.of(key.get()));
    String name = string(key);
    Principal principal = new Principal(string(key), string(key));
    AclBinding binding =
        new AclBinding(type, pattern, name, principal, string(key), operation, permission);
    return value == null ? new AclGone(binding) : new AclRecord(binding);
  }

  private static <T> T known(@Nullable T decoded) {
    if (decoded == null) {
      throw new IllegalArgumentException("an access control entry is of an unknown kind");
    }
    return decoded;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ByteBuffer out, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a field of " + bytes.length + " bytes does not fit a metadata record");
    }
    out.putShort((short) bytes.length).put(bytes);
  }

  private static String string(ByteBuffer in) {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = Short.toUnsignedInt(in.getShort());
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
