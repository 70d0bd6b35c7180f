package io.millrace.app.cli.record;

/** Turns what people write into the bytes of a key or a value, and back. */
public interface RecordCodec {

  /**
   * The bytes to store.
   *
   * @param written as it stands in a line; text is UTF-8
   * @throws io.millrace.app.cli.CommandException when it cannot be stored so
   */
  byte[] encode(byte[] written);

  /**
   * What is shown of stored bytes; text is UTF-8.
   *
   * @throws io.millrace.app.cli.CommandException when they are not of this format
   */
  byte[] show(byte[] stored);

  /** Whether what is written and shown is JSON. */
  boolean isJson();
}
