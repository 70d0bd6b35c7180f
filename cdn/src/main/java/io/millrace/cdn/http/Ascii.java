package io.millrace.cdn.http;

/** The character classes of HTTP's grammar (RFC 9110, section 5.6) over single bytes. */
final class Ascii {

  private static final boolean[] TOKEN = new boolean[128];

  static {
    String tchar = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i < tchar.length(); i++) {
      TOKEN[tchar.charAt(i)] = true;
    }
  }

  private Ascii() {}

  /** Whether the byte may stand in a token: a method, a field name, a directive. */
  static boolean isToken(byte b) {
    return b >= 0 && TOKEN[b];
  }

  /** Whether the byte may stand in a field value: visible, space, tab, or above ASCII. */
  static boolean isFieldContent(byte b) {
    return (b >= 0x20 && b != 0x7f) || b == '\t' || b < 0;
  }

  /** Whether the byte may stand in a request target. */
  static boolean isTarget(byte b) {
    return b > 0x20 && b < 0x7f;
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
}
