package io.millrace.console.schema;

import io.millrace.schema.RegistryError;

/** The numbers by which clients know the registry's refusals; the first three digits are HTTP's. */
final class RegistryErrors {

  /** What is wrong with a request before the registry is asked. */
  static final int UNPROCESSABLE = 422;

  private RegistryErrors() {}

  static int code(RegistryError error) {
    return switch (error) {
      case SUBJECT_NOT_FOUND -> 40401;
      case VERSION_NOT_FOUND -> 40402;
      case SCHEMA_NOT_FOUND -> 40403;
      case SUBJECT_SOFT_DELETED -> 40404;
      case SUBJECT_NOT_SOFT_DELETED -> 40405;
      case VERSION_SOFT_DELETED -> 40406;
      case VERSION_NOT_SOFT_DELETED -> 40407;
      case CONFIG_NOT_FOUND -> 40408;
      case MODE_NOT_FOUND -> 40409;
      case INCOMPATIBLE_SCHEMA -> 409;
      case INVALID_SCHEMA -> 42201;
      case INVALID_VERSION -> 42202;
      case INVALID_COMPATIBILITY -> 42203;
      case INVALID_MODE -> 42204;
      case OPERATION_NOT_PERMITTED -> 42205;
      case REFERENCE_EXISTS -> 42206;
      case INVALID_SUBJECT -> 42208;
      case SCHEMA_TOO_LARGE -> 42209;
      case STORAGE -> 50001;
      case TIMEOUT -> 50002;
    };
  }

  /** The status that goes with a code. */
  static int status(int code) {
    return code < 1000 ? code : code / 100;
  }
}
