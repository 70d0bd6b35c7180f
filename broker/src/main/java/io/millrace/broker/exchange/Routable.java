package io.millrace.broker.exchange;

import java.util.Map;

/** What routing looks at. */
public interface Routable {

  /** The key that its publisher gave it. */
  String routingKey();

  /** Its headers; asked for only where a headers exchange is on the way. */
  Map<String, Object> headers();
}
