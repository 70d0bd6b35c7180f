package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.post;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.User;
import io.millrace.broker.access.UserLimits;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/users} and {@code /api/user-limits}. */
final class UsersApi {

  private final AccessStore access;

  UsersApi(ManagementSources sources) {
    access = sources.messaging().access();
  }

  List<ManagementEndpoint> endpoints() {
    Access admin = Access.ADMINISTRATOR;
    String limit = "/user-limits/{user}/{name}";
    return List.of(
        get("/users", admin, "all users", call -> users(call, false)),
        get(
            "/users/without-permissions",
            admin,
            "users who may open no virtual host",
            call -> users(call, true)),
        post("/users/bulk-delete", admin, "deletes several users", this::removeAll),
        get("/users/{name}", admin, "one of them", this::one),
        put("/users/{name}", admin, "makes or changes one", this::make),
        delete("/users/{name}", admin, "deletes one", this::remove),
        get(
            "/users/{name}/permissions",
            admin,
            "what a user may do",
            call -> {
              User user = find(call);
              return Listing.of(
                  call,
                  access.image().permissions().stream()
                      .filter(each -> each.user().equals(user.name()))
                      .map(UserDocuments::json)
                      .toList(),
                  "vhost");
            }),
        get(
            "/users/{name}/topic-permissions",
            admin,
            "which routing keys a user may use",
            call -> {
              User user = find(call);
              return Listing.of(
                  call,
                  access.image().topicPermissions().stream()
                      .filter(each -> each.user().equals(user.name()))
                      .map(UserDocuments::json)
                      .toList(),
                  "vhost",
                  "exchange");
            }),
        get("/user-limits", admin, "limits of users", call -> limits(null)),
        get("/user-limits/{user}", admin, "those of one", call -> limits(call.path("user"))),
        put(limit, admin, "sets `max-connections` or `max-channels`", this::setLimit),
        delete(limit, admin, "takes a limit away", this::clearLimit));
  }

  private Answer users(Call call, boolean withoutPermissions) {
    AccessImage image = access.image();
    List<ObjectNode> all = new ArrayList<>();
    for (User user : image.users()) {
      if (!withoutPermissions
          || image.permissions().stream().noneMatch(each -> each.user().equals(user.name()))) {
        all.add(UserDocuments.json(user));
      }
    }
    return Listing.of(call, all, "name");
  }

  private User find(Call call) {
    User user = access.image().user(call.path("name"));
    if (user == null) {
      throw Refusal.notFound();
    }
    return user;
  }

  private Answer one(Call call) {
    return Answers.one(call, UserDocuments.json(find(call)));
  }

  private Answer make(Call call) throws InterruptedException {
    String name = call.path("name");
    User present = access.image().user(name);
    AccessImage unused = Stages.await(access.putUser(UserDocuments.of(name, call.body(), present)));
    return Answers.put(present == null, call);
  }

  private Answer remove(Call call) throws InterruptedException {
    AccessImage unused = Stages.await(access.deleteUser(find(call).name()));
    return Answer.noContent();
  }

  private Answer removeAll(Call call) throws InterruptedException {
    JsonNode names = call.body().require("users").get("users");
    if (names == null || !names.isArray()) {
      throw Refusal.badRequest("not_a_list", "users");
    }
    for (JsonNode each : names) {
      if (access.image().user(each.asText()) != null) {
        AccessImage unused = Stages.await(access.deleteUser(each.asText()));
      }
    }
    return Answer.noContent();
  }

  private Answer limits(@Nullable String only) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (User user : access.image().users()) {
      ObjectNode value = UserDocuments.limits(user.limits());
      if (!value.isEmpty() && (only == null || only.equals(user.name()))) {
        list.addObject().put("user", user.name()).set("value", value);
      }
    }
    return Answers.ok(list);
  }

  private Answer setLimit(Call call) throws InterruptedException {
    return changeLimit(call, call.body().require("value").number("value", -1));
  }

  private Answer clearLimit(Call call) throws InterruptedException {
    return changeLimit(call, -1);
  }

  private Answer changeLimit(Call call, long value) throws InterruptedException {
    User user = access.image().user(call.path("user"));
    if (user == null) {
      throw Refusal.notFound();
    }
    int number = Math.clamp(value, -1, Integer.MAX_VALUE);
    UserLimits limits = user.limits();
    UserLimits changed =
        switch (call.path("name")) {
          case "max-connections" -> new UserLimits(number, limits.maxChannels());
          case "max-channels" -> new UserLimits(limits.maxConnections(), number);
          default ->
              throw PolicyDocuments.failed(
                  "Unrecognised terms [" + call.path("name") + "] in limits");
        };
    AccessImage unused = Stages.await(access.putUser(user.withLimits(changed)));
    return Answer.noContent();
  }
}
