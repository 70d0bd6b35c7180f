package io.millrace.console.management;

import static io.millrace.console.management.ManagementEndpoint.delete;
import static io.millrace.console.management.ManagementEndpoint.get;
import static io.millrace.console.management.ManagementEndpoint.put;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.AccessStore;
import io.millrace.broker.access.AccessImage;
import io.millrace.broker.access.VirtualHostPermission;
import io.millrace.console.api.Stages;
import io.millrace.console.http.Answer;
import java.util.List;

/** {@code /api/permissions} and {@code /api/topic-permissions}. */
final class PermissionsApi {

  private final AccessStore access;

  PermissionsApi(ManagementSources sources) {
    access = sources.messaging().access();
  }

  List<ManagementEndpoint> endpoints() {
    Access admin = Access.ADMINISTRATOR;
    String one = "/permissions/{vhost}/{user}";
    String topics = "/topic-permissions/{vhost}/{user}";
    return List.of(
        get("/permissions", admin, "what all users may do", this::all),
        get(one, admin, "what a user may do in a virtual host", this::one),
        put(one, admin, "sets it", this::set),
        delete(one, admin, "takes it away", this::clear),
        get("/topic-permissions", admin, "which routing keys users may use", this::topics),
        get(topics, admin, "those of a user in a virtual host", this::topicsOf),
        put(topics, admin, "sets those for one exchange", this::setTopics),
        delete(topics, admin, "takes them away", this::clearTopics));
  }

  private Answer all(Call call) {
    return Listing.of(
        call,
        access.image().permissions().stream().map(UserDocuments::json).toList(),
        "vhost",
        "user");
  }

  private Answer one(Call call) {
    return Answers.one(call, UserDocuments.json(find(call)));
  }

  private VirtualHostPermission find(Call call) {
    VirtualHostPermission found = access.image().permission(call.path("user"), call.path("vhost"));
    if (found == null) {
      throw Refusal.notFound();
    }
    return found;
  }

  /** Both have to be there. */
  private void check(Call call) {
    if (access.image().user(call.path("user")) == null
        || access.image().virtualHost(call.path("vhost")) == null) {
      throw Refusal.badRequest("vhost_or_user_not_found");
    }
  }

  private Answer set(Call call) throws InterruptedException {
    VirtualHostPermission permission =
        UserDocuments.permission(call.path("user"), call.path("vhost"), call.body());
    check(call);
    boolean isNew = access.image().permission(permission.user(), permission.virtualHost()) == null;
    AccessImage unused = Stages.await(access.setPermission(permission));
    return isNew ? Answers.created(permission.user()) : Answer.noContent();
  }

  private Answer clear(Call call) throws InterruptedException {
    VirtualHostPermission found = find(call);
    AccessImage unused = Stages.await(access.clearPermission(found.user(), found.virtualHost()));
    return Answer.noContent();
  }

  private Answer topics(Call call) {
    return Listing.of(
        call,
        access.image().topicPermissions().stream().map(UserDocuments::json).toList(),
        "vhost",
        "user",
        "exchange");
  }

  private Answer topicsOf(Call call) {
    List<ObjectNode> found =
        access.image().topicPermissions(call.path("user"), call.path("vhost")).stream()
            .map(UserDocuments::json)
            .toList();
    if (found.isEmpty()) {
      throw Refusal.notFound();
    }
    return Listing.of(call, found, "exchange");
  }

  private Answer setTopics(Call call) throws InterruptedException {
    var permission =
        UserDocuments.topicPermission(call.path("user"), call.path("vhost"), call.body());
    check(call);
    AccessImage unused = Stages.await(access.setTopicPermission(permission));
    return Answers.created(call.path("user"));
  }

  private Answer clearTopics(Call call) throws InterruptedException {
    if (access.image().topicPermissions(call.path("user"), call.path("vhost")).isEmpty()) {
      throw Refusal.notFound();
    }
    AccessImage unused =
        Stages.await(access.clearTopicPermissions(call.path("user"), call.path("vhost"), null));
    return Answer.noContent();
  }
}
