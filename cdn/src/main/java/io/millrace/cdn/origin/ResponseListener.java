package io.millrace.cdn.origin;

import io.millrace.cdn.http.HttpError;
import io.millrace.cdn.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Hears a response: one head, any number of pieces, then the end; or a failure at any point, after
 * which nothing more comes.
 */
public interface ResponseListener {

  /** The head of the final response. */
  void onHead(ResponseHead head);

  /** A piece of the body, owned by the listener. */
  void onBody(ByteBuf piece);

  /** The response is complete. */
  void onEnd();

  /** There will be no response, or no more of it. Status 502, 503 or 504. */
  void onFailure(HttpError failure);

  /** The call takes pieces of the request's body (again). */
  default void onWritable() {}
}
