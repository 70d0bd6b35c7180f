package io.millrace.broker.group.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the bytes of records. */
public final class RecordBytes {

  private RecordBytes() {}

  /** Bytes in hexadecimal; nothing for a tombstone. */
  public static String hex(@Nullable ByteBuffer bytes) {
    if (bytes == null) {
      return "";
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  /** Passes when each record is read as it was written. */
  public static <R extends HeartbeatRecord> void assertReadBack(
      RecordFormat<R> format, List<? extends R> records) {
    for (R record : records) {
      assertThat(format.decode(format.key(record), format.value(record))).isEqualTo(record);
    }
  }

  /** Passes when bytes behind a key's and a value's version are a record, or refused as such. */
  public static <R extends HeartbeatRecord> void assertReadOrRefused(
      RecordFormat<R> format, int keyVersion, byte[] key, byte[] value) {
    byte[] known = new byte[key.length + 2];
    System.arraycopy(key, 0, known, 2, key.length);
    known[1] = (byte) keyVersion;
    byte[] version = new byte[value.length + 2];
    System.arraycopy(value, 0, version, 2, value.length);
    try {
      R unused = format.decode(ByteBuffer.wrap(known), ByteBuffer.wrap(version));
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("record of a");
    }
  }
}
