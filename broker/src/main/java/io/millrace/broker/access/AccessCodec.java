package io.millrace.broker.access;

import static io.millrace.broker.journal.RecordFields.text;
import static io.millrace.broker.journal.RecordFields.write;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Access entries as keys and values of the metadata log.
 *
 * <pre>
 *   key     kind u8: u user, h virtual host, p permission, t topic permission ·
 *           u, h: name · p: user · virtual host · t: user · virtual host · exchange
 *   value   u: hashing, empty for no password · hash · tags · max connections i32 · max channels i32
 *           h: description · tags · default queue type, may be empty · max connections i32 ·
 *              max queues i32
 *           p: configure · write · read
 *           t: write · read
 *   text    length i32 · UTF-8
 *   tags    count i32 · text …
 * </pre>
 */
public final class AccessCodec {

  private AccessCodec() {}

  /** The bytes that identify the entry. */
  public static byte[] key(AccessEntry entry) {
    return write(
        out -> {
          switch (entry) {
            case User user -> {
              out.writeByte('u');
              text(out, user.name());
            }
            case VirtualHostDefinition host -> {
              out.writeByte('h');
              text(out, host.name());
            }
            case VirtualHostPermission permission -> {
              out.writeByte('p');
              text(out, permission.user());
              text(out, permission.virtualHost());
            }
            case TopicPermission permission -> {
              out.writeByte('t');
              text(out, permission.user());
              text(out, permission.virtualHost());
              text(out, permission.exchange());
            }
          }
        });
  }

  /** The rest of the entry. */
  public static byte[] value(AccessEntry entry) {
    return write(
        out -> {
          switch (entry) {
            case User user -> {
              PasswordHash password = user.password();
              text(out, password == null ? "" : password.algorithm().label());
              text(out, password == null ? "" : password.base64());
              texts(out, user.tags());
              out.writeInt(user.limits().maxConnections());
              out.writeInt(user.limits().maxChannels());
            }
            case VirtualHostDefinition host -> {
              String type = host.defaultQueueType();
              text(out, host.description());
              texts(out, host.tags());
              text(out, type == null ? "" : type);
              out.writeInt(host.limits().maxConnections());
              out.writeInt(host.limits().maxQueues());
            }
            case VirtualHostPermission permission -> {
              text(out, permission.configure().text());
              text(out, permission.write().text());
              text(out, permission.read().text());
            }
            case TopicPermission permission -> {
              text(out, permission.write().text());
              text(out, permission.read().text());
            }
          }
        });
  }

  /**
   * The entry with that key; without a value all that its key does not hold is empty.
   *
   * @throws IllegalArgumentException when the bytes are no entry
   */
  public static AccessEntry decode(ByteBuffer key, @Nullable ByteBuffer value) {
    try {
      byte kind = key.get();
      return switch (kind) {
        case 'u' -> user(text(key), value);
        case 'h' -> virtualHost(text(key), value);
        case 'p' -> {
          String user = text(key);
          String host = text(key);
          yield value == null
              ? VirtualHostPermission.of(user, host, "", "", "")
              : VirtualHostPermission.of(user, host, text(value), text(value), text(value));
        }
        case 't' -> {
          String user = text(key);
          String host = text(key);
          String exchange = text(key);
          yield value == null
              ? TopicPermission.of(user, host, exchange, "", "")
              : TopicPermission.of(user, host, exchange, text(value), text(value));
        }
        default -> throw new IllegalArgumentException("an access entry is of kind " + kind);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an access entry is cut short", e);
    }
  }

  private static User user(String name, @Nullable ByteBuffer value) {
    if (value == null) {
      return new User(name, null);
    }
    String label = text(value);
    String base64 = text(value);
    PasswordHash password = null;
    if (!label.isEmpty()) {
      PasswordHashing algorithm = PasswordHashing.of(label);
      if (algorithm == null) {
        throw new IllegalArgumentException("a password is hashed by the unknown " + label);
      }
      password = new PasswordHash(algorithm, base64);
    }
    Set<String> tags = texts(value);
    return new User(name, password, tags, new UserLimits(value.getInt(), value.getInt()));
  }

  private static VirtualHostDefinition virtualHost(String name, @Nullable ByteBuffer value) {
    if (value == null) {
      return VirtualHostDefinition.named(name);
    }
    String description = text(value);
    Set<String> tags = texts(value);
    String type = text(value);
    return new VirtualHostDefinition(
        name,
        description,
        tags,
        type.isEmpty() ? null : type,
        new VirtualHostLimits(value.getInt(), value.getInt()));
  }

  private static void texts(DataOutputStream out, Collection<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String each : new TreeSet<>(texts)) {
      text(out, each);
    }
  }

  private static Set<String> texts(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    Set<String> texts = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      texts.add(text(in));
    }
    return texts;
  }
}
