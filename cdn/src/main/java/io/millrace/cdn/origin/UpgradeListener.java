package io.millrace.cdn.origin;

import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Hears what becomes of a request to switch to another protocol: that, or an ordinary response. */
public interface UpgradeListener extends ResponseListener {

  /**
   * The origin has switched; nothing else is called after this.
   *
   * @param head with status 101
   * @param upstream the connection, on the request's loop, owned by the listener from here on; it
   *     has no handlers, and nothing is read from it
   * @param first what has already come behind the head, owned by the listener too
   */
  void onSwitched(ResponseHead head, Channel upstream, ByteBuf first);
}
