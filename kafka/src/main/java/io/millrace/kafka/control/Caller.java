package io.millrace.kafka.control;

import io.millrace.broker.security.Principal;
import io.millrace.kafka.net.Listener;

/**
 * Who asks.
 *
 * @param version of the API
 * @param clientId the name the client gives itself, may be empty
 * @param clientHost its address
 * @param reached the address of this node that clients of its port are told
 * @param principal who it is
 */
record Caller(
    short version,
    String clientId,
    String clientHost,
    Listener.Address reached,
    Principal principal) {}
