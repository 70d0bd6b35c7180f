package io.millrace.schema.format;

import java.util.List;

/** A schema that its format's parser has understood. Immutable; any thread may use it. */
public interface ParsedSchema {

  /** As it is stored: the same for texts that differ in white space only. */
  String canonical();

  /** The same for texts that mean the same, as far as the format can tell. */
  String normalized();

  /**
   * Why data written with another schema of the same format could not be read with this one; empty
   * when all of it can. At most a hundred reasons are given.
   */
  List<Incompatibility> incompatibilitiesReading(ParsedSchema writer);
}
