package io.millrace.broker.security;

/** A user in a SCRAM mechanism; each has a credential of its own. */
public record ScramUser(String name, ScramMechanism mechanism) {}
