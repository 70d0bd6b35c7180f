package io.millrace.broker;

import java.util.List;
import java.util.Map;

/** A part of the node that acts on settings which can be changed while it runs. */
public interface Reconfigurable {

  /** The settings that it acts on, and no other part does. */
  List<NodeSetting> settings();

  /**
   * Whether it could act on these, each of which is allowed for itself. The controller's thread.
   *
   * @param changed all settings of the node that were changed, of other parts too; what is not
   *     there is as the node was started with
   * @throws BrokerException with {@code INVALID_SETTING}
   */
  void check(Map<String, String> changed);

  /** These hold from now on. One call at a time. */
  void reconfigure(Map<String, String> changed);
}
