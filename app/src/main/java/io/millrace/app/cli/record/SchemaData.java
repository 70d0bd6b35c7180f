package io.millrace.app.cli.record;

import java.nio.ByteBuffer;

/** JSON and the bytes after a schema's id, by one schema. */
interface SchemaData {

  /**
   * The bytes.
   *
   * @throws io.millrace.app.cli.CommandException when the schema does not allow the JSON
   */
  byte[] encode(byte[] json);

  /**
   * The JSON, on one line.
   *
   * @throws io.millrace.app.cli.CommandException when the bytes are not of the schema
   */
  byte[] show(ByteBuffer data);
}
