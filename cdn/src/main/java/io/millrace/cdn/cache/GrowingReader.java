package io.millrace.cdn.cache;

import io.millrace.cdn.http.ResponseHead;
import io.millrace.cdn.origin.OriginCall;
import io.millrace.cdn.store.DiskBody;
import io.millrace.cdn.store.GrowingObject;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends one client an object that is being written to disk, as fast as the client takes what is
 * written. It holds back neither the origin nor others. Confined to the exchange's loop, save that
 * the store's thread wakes it.
 */
final class GrowingReader implements OriginCall {

  private static final int PIECE_BYTES = 1 << 20;

  private final Exchange exchange;
  private final GrowingObject object;
  private final AtomicBoolean woken = new AtomicBoolean();
  private Runnable unwatch = () -> {};
  private @Nullable DiskBody body;
  private long at;
  private boolean paused;
  private boolean over;

  GrowingReader(Exchange exchange, GrowingObject object) {
    this.exchange = exchange;
    this.object = object;
  }

  void start(ResponseHead head, Outcome outcome) {
    unwatch = object.watch(this::wake);
    exchange.start(head, outcome, this);
    pump();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      exchange
          .loop()
          .execute(
              () -> {
                woken.set(false);
                pump();
              });
    }
  }

  private void pump() {
    while (!over && !paused) {
      long ready = object.written() - at;
      if (object.isFailed()) {
        finish();
        exchange.abort();
      } else if (at == object.length()) {
        finish();
        exchange.end();
      } else if (ready == 0) {
        return;
      } else {
        send(Math.min(ready, PIECE_BYTES));
      }
    }
  }

  private void send(long bytes) {
    DiskBody file = body == null ? object.body() : body;
    body = file;
    if (file == null) {
      finish();
      exchange.abort();
      return;
    }
    long from = at;
    at += bytes;
    exchange.piece(file.region(from, bytes));
  }

  private void finish() {
    over = true;
    unwatch.run();
    DiskBody file = body;
    body = null;
    if (file != null) {
      file.release();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      pump();
    }
  }

  @Override
  public void cancel() {
    finish();
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void send(ByteBuf piece) {
    piece.release();
  }

  @Override
  public void sendEnd() {}
}
