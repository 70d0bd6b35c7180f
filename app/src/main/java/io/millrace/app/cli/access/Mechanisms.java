package io.millrace.app.cli.access;

import io.millrace.app.cli.CommandException;
import java.util.Locale;
import org.apache.kafka.clients.admin.ScramMechanism;

/** The names of SCRAM's mechanisms. */
final class Mechanisms {

  private Mechanisms() {}

  static ScramMechanism parse(String text) {
    ScramMechanism mechanism = ScramMechanism.fromMechanismName(text.toUpperCase(Locale.ROOT));
    if (mechanism == ScramMechanism.UNKNOWN) {
      throw CommandException.usage(
          "--mechanism is \"" + text + "\"; allowed: scram-sha-256, scram-sha-512");
    }
    return mechanism;
  }
}
