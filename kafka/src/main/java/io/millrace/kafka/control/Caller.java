package io.millrace.kafka.control;

import io.millrace.broker.security.Access;
import io.millrace.kafka.net.ClientSoftware;
import io.millrace.kafka.net.Listener;
import io.millrace.kafka.quota.RequestBill;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param version of the API
 * @param clientId the name the client gives itself, may be empty
 * @param clientHost its address
 * @param clientPort its port
 * @param software the library it uses
 * @param reached the address of this node that clients of its port are told
 * @param access who it is, and what it may do
 * @param bill what it is charged, or null while no client has a limit
 */
record Caller(
    short version,
    String clientId,
    String clientHost,
    int clientPort,
    ClientSoftware software,
    Listener.Address reached,
    Access access,
    @Nullable RequestBill bill) {

  /** The same, as if it had asked in another version. */
  Caller inVersion(short other) {
    return new Caller(other, clientId, clientHost, clientPort, software, reached, access, bill);
  }
}
