package io.millrace.app.node;

import io.millrace.cdn.cache.CachePolicy;
import io.millrace.cdn.topic.TopicApiSettings;
import io.millrace.cdn.view.TopicViewSettings;
import java.net.URI;
import java.nio.file.Path;

/** What the edge answers with under a path. The host is a name in lower case, or {@code *}. */
public sealed interface RouteSettings {

  /** For requests of this host. */
  String host();

  /** The files of a folder. */
  record Folder(String host, String path, Path folder, CachePolicy policy)
      implements RouteSettings {}

  /** An HTTP server behind the edge. */
  record Proxy(String host, String path, URI server, CachePolicy policy) implements RouteSettings {}

  /** The newest values of topics. */
  record View(String host, TopicViewSettings view) implements RouteSettings {}

  /** Topics, to be read and maybe written. */
  record TopicsOverHttp(String host, TopicApiSettings topics) implements RouteSettings {}
}
