package io.millrace.console.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.BrokerException;
import io.millrace.broker.access.PasswordHash;
import io.millrace.broker.access.PasswordHashing;
import io.millrace.broker.access.TopicPermission;
import io.millrace.broker.access.User;
import io.millrace.broker.access.UserLimits;
import io.millrace.broker.access.VirtualHostPermission;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Users and permissions as JSON, and from it. */
final class UserDocuments {

  private UserDocuments() {}

  static ObjectNode json(User user) {
    PasswordHash password = user.password();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("name", user.name());
    document.put("password_hash", password == null ? "" : password.base64());
    document.put(
        "hashing_algorithm",
        (password == null ? PasswordHashing.SHA_256 : password.algorithm()).label());
    ArrayNode tags = document.putArray("tags");
    user.tags().stream().sorted().forEach(tags::add);
    document.set("limits", limits(user.limits()));
    return document;
  }

  static ObjectNode limits(UserLimits limits) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    if (limits.maxConnections() >= 0) {
      document.put("max-connections", limits.maxConnections());
    }
    if (limits.maxChannels() >= 0) {
      document.put("max-channels", limits.maxChannels());
    }
    return document;
  }

  /**
   * The user that a document describes: with a password, its hash, or neither, for one who cannot
   * log in by a password.
   *
   * @param present the user of that name that there is, or null
   */
  static User of(String name, Body body, @Nullable User present) {
    Set<String> tags = tags(body);
    UserLimits limits =
        body.get("limits") == null
            ? present == null ? UserLimits.NONE : present.limits()
            : limits(new Body(body.object("limits")));
    try {
      return new User(name, password(body), tags, limits);
    } catch (BrokerException e) {
      throw Refusal.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static UserLimits limits(Body body) {
    return new UserLimits(
        (int) body.number("max-connections", -1), (int) body.number("max-channels", -1));
  }

  /** Tags come as a list or, from older clients, as text with commas. */
  private static Set<String> tags(Body body) {
    JsonNode given = body.get("tags");
    if (given == null) {
      given = body.get("administrator");
      if (given == null) {
        throw Refusal.badRequest("tags_not_present");
      }
      return given.asBoolean() ? Set.of(User.ADMINISTRATOR) : Set.of();
    }
    List<String> names = new ArrayList<>();
    if (given.isArray()) {
      given.forEach(each -> names.add(each.asText()));
    } else {
      names.addAll(Arrays.asList(given.asText().split(",")));
    }
    Set<String> tags = new LinkedHashSet<>();
    for (String each : names) {
      if (!each.isBlank()) {
        tags.add(each.strip());
      }
    }
    return tags;
  }

  private static @Nullable PasswordHash password(Body body) {
    PasswordHashing algorithm = algorithm(body);
    String password = body.text("password", "");
    if (!password.isEmpty()) {
      return PasswordHash.of(algorithm, password, new SecureRandom());
    }
    String hash = body.text("password_hash", "");
    if (hash.isEmpty()) {
      return null;
    }
    try {
      return new PasswordHash(algorithm, hash);
    } catch (BrokerException e) {
      throw Refusal.badRequest("not_base64", hash);
    }
  }

  private static PasswordHashing algorithm(Body body) {
    String label = body.text("hashing_algorithm", PasswordHashing.SHA_256.label());
    PasswordHashing algorithm = PasswordHashing.of(label);
    if (algorithm == null) {
      throw Refusal.badRequest("unsupported hashing algorithm " + label);
    }
    return algorithm;
  }

  static ObjectNode json(VirtualHostPermission permission) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("user", permission.user());
    document.put("vhost", permission.virtualHost());
    document.put("configure", permission.configure().text());
    document.put("write", permission.write().text());
    document.put("read", permission.read().text());
    return document;
  }

  static VirtualHostPermission permission(String user, String host, Body body) {
    body.require("configure", "write", "read");
    try {
      return VirtualHostPermission.of(
          user, host, body.text("configure", ""), body.text("write", ""), body.text("read", ""));
    } catch (BrokerException e) {
      throw Refusal.badRequest("invalid_regexp", String.valueOf(e.getMessage()));
    }
  }

  static ObjectNode json(TopicPermission permission) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("user", permission.user());
    document.put("vhost", permission.virtualHost());
    document.put("exchange", exchange(permission.exchange(), "amq.default", ""));
    document.put("write", permission.write().text());
    document.put("read", permission.read().text());
    return document;
  }

  static TopicPermission topicPermission(String user, String host, Body body) {
    body.require("exchange", "write", "read");
    try {
      return TopicPermission.of(
          user,
          host,
          exchange(body.text("exchange", ""), "", "amq.default"),
          body.text("write", ""),
          body.text("read", ""));
    } catch (BrokerException e) {
      throw Refusal.badRequest("invalid_regexp", String.valueOf(e.getMessage()));
    }
  }

  private static String exchange(String name, String from, String to) {
    return name.equals(from) ? to : name;
  }
}
