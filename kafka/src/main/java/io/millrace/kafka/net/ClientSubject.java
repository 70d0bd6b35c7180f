package io.millrace.kafka.net;

import io.millrace.broker.security.Principal;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Who a client's certificate says it is. */
final class ClientSubject {

  private ClientSubject() {}

  /** The subject's distinguished name as RFC 2253 writes it, or null without a certificate. */
  static @Nullable Principal of(@Nullable SslHandler handler) {
    if (handler == null) {
      return null;
    }
    try {
      return Principal.user(handler.engine().getSession().getPeerPrincipal().getName());
    } catch (SSLPeerUnverifiedException e) {
      // The client has shown none, and need not.
      return null;
    }
  }
}
