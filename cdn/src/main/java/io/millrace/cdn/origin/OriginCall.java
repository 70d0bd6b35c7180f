package io.millrace.cdn.origin;

import io.netty.buffer.ByteBuf;

/** A request under way. Its methods are called on the request's loop. */
public interface OriginCall {

  /** A call that is over, or that needs no steering since its response is in memory. */
  OriginCall DONE =
      new OriginCall() {
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

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void cancel() {}
      };

  /** Whether it takes another piece of the request's body; {@link ResponseListener#onWritable}. */
  boolean isWritable();

  /** Sends a piece of the request's body, and owns it from here on. */
  void send(ByteBuf piece);

  /** Says that the request's body is complete. */
  void sendEnd();

  /** Asks for no more pieces of the response; a few that are under way may still come. */
  void pause();

  /** Takes {@link #pause} back. */
  void resume();

  /** Gives up: the listener hears nothing more. Harmless once the call is over. */
  void cancel();
}
