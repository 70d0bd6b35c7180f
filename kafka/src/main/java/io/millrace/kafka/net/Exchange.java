package io.millrace.kafka.net;

import io.millrace.kafka.quota.RequestBill;
import io.millrace.kafka.wire.RequestReader;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. The handler reads {@link #body}, and answers once; the answer waits
 * until all earlier requests of the connection have theirs.
 *
 * <p>Unless said otherwise a method is called on the connection's event loop.
 */
public final class Exchange {

  private final Connection connection;
  private final Api api;
  private final short version;
  private final int correlationId;
  private final int clientIdIndex;
  private final int clientIdLength;
  private final int frameBytes;
  private final @Nullable RequestBill bill;
  private @Nullable ByteBuf body;
  private @Nullable Object reply;
  private boolean answered;
  private @Nullable Runnable onClose;

  /**
   * @param body the frame, its reader index on the first byte after the request header; released by
   *     this exchange
   * @param bill what the client is charged, or null while no client has a limit
   */
  Exchange(
      Connection connection,
      Api api,
      short version,
      int correlationId,
      int clientIdIndex,
      int clientIdLength,
      int frameBytes,
      ByteBuf body,
      @Nullable RequestBill bill) {
    this.connection = connection;
    this.api = api;
    this.version = version;
    this.correlationId = correlationId;
    this.clientIdIndex = clientIdIndex;
    this.clientIdLength = clientIdLength;
    this.frameBytes = frameBytes;
    this.body = body;
    this.bill = bill;
  }

  /** The API asked for. */
  public Api api() {
    return api;
  }

  /** The version the client speaks; one of those the API serves. */
  public short version() {
    return version;
  }

  /** True when that version has compact lengths and tagged fields. */
  public boolean flexible() {
    return api.flexible(version);
  }

  /** What the client is charged for the request, or null while no client has a limit. */
  public @Nullable RequestBill bill() {
    return bill;
  }

  /**
   * Charges the client for the request's time. Any thread.
   *
   * @return milliseconds to tell it in the answer, after which its socket is left unread for so
   *     long
   */
  public int chargeTime() {
    return bill == null ? 0 : bill.chargeTime();
  }

  /** Length of the request in bytes, without its length field. */
  public int requestBytes() {
    return frameBytes;
  }

  /** The connection it came by. */
  public Connection connection() {
    return connection;
  }

  /** The request's bytes after the header, in place, until {@link #releaseBody} or the answer. */
  public ByteBuf body() {
    ByteBuf present = body;
    if (present == null) {
      throw new IllegalStateException("the request's bytes were given back already");
    }
    return present;
  }

  /** A reader of the body. */
  public RequestReader reader() {
    return new RequestReader(body(), flexible());
  }

  /** The name that the client gives itself, or an empty one; only while the body is held. */
  public String clientId() {
    return clientIdLength <= 0
        ? ""
        : body().toString(clientIdIndex, clientIdLength, StandardCharsets.UTF_8);
  }

  /** Gives the request's bytes back early, for handlers that wait long after decoding. */
  public void releaseBody() {
    ByteBuf present = body;
    if (present != null) {
      body = null;
      present.release();
    }
  }

  /** Runs {@code hook} when the connection ends before the answer is there. */
  public void onClose(Runnable hook) {
    onClose = hook;
  }

  /** A buffer with room for the frame's length and the header, which are filled in. */
  public ByteBuf startAnswer(int sizeHint) {
    ByteBuf out = connection.allocator().directBuffer(16 + sizeHint);
    out.writeInt(0);
    out.writeInt(correlationId);
    if (api.flexibleResponseHeader(version)) {
      out.writeByte(0);
    }
    return out;
  }

  /** Answers with a buffer from {@link #startAnswer}. Any thread. */
  public void answer(ByteBuf frame) {
    frame.setInt(0, frame.readableBytes() - 4);
    complete(frame);
  }

  /**
   * Answers with several parts, buffers and {@link SliceRegion}s, of which the first begins with
   * what {@link #startAnswer} wrote.
   *
   * @param totalBytes of all parts
   */
  public void answer(List<Object> parts, long totalBytes) {
    ((ByteBuf) parts.getFirst()).setInt(0, Math.toIntExact(totalBytes - 4));
    complete(parts);
  }

  /** Ends the exchange without an answer, where the protocol has none (acks=0). Any thread. */
  public void answerNothing() {
    complete(null);
  }

  /** Ends the connection instead of an answer. Any thread. */
  public void closeConnection() {
    connection.closeSoon();
    complete(null);
  }

  private void complete(@Nullable Object answer) {
    if (connection.inEventLoop()) {
      completeHere(answer);
      return;
    }
    try {
      connection.execute(() -> completeHere(answer));
    } catch (RejectedExecutionException e) {
      // The server has been closed meanwhile.
      release(answer);
    }
  }

  private void completeHere(@Nullable Object answer) {
    if (answered) {
      release(answer);
      throw new IllegalStateException(api.name() + " was answered twice");
    }
    answered = true;
    reply = answer;
    onClose = null;
    releaseBody();
    connection.answered(this);
  }

  boolean isAnswered() {
    return answered;
  }

  int frameBytes() {
    return frameBytes;
  }

  /** The answer: a buffer, a list of parts, or null for none. The caller owns it from here. */
  @Nullable Object takeReply() {
    Object taken = reply;
    reply = null;
    return taken;
  }

  /** The connection has gone. */
  void connectionClosed() {
    release(takeReply());
    Runnable hook = onClose;
    onClose = null;
    if (hook != null) {
      hook.run();
    }
  }

  static void release(@Nullable Object reply) {
    if (reply instanceof List<?> parts) {
      parts.forEach(ReferenceCountUtil::release);
    } else if (reply != null) {
      ReferenceCountUtil.release(reply);
    }
  }
}
