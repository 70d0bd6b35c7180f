package io.millrace.cdn.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of HTTP/1.1 messages from a connection's bytes, strictly (RFC 9112): what two
 * readers could understand in two ways is refused, because between an edge and its origin that
 * difference is request smuggling. So lines end with CRLF and never with LF alone, folded lines and
 * white space before a colon are errors, and the start line has single spaces.
 *
 * <p>One per connection, confined to its thread. It remembers how far it has looked, so a head that
 * comes byte by byte is scanned once. A head costs one copy of its bytes and nothing per field.
 */
public final class HeadReader {

  private static final int MARKS = 4;

  private final HeadLimits limits;

  /** Ends of the lines found so far (the index of CR), relative to the head's start. */
  private int[] lineEnds = new int[32];

  private int lines;
  private int scanned;
  private boolean emptyLineSkipped;

  /** A reader for one connection. */
  public HeadReader(HeadLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a request's head, moving the buffer behind it.
   *
   * @return null when it is not complete yet; the buffer is then unmoved, save over empty lines in
   *     front, and the next call must get the same bytes with more behind them
   * @throws HttpError when the head is malformed or too large; the connection must then be closed
   */
  public @Nullable RequestHead readRequest(ByteBuf in) throws HttpError {
    if (!emptyLineSkipped && scanned == 0 && !skipEmptyLine(in)) {
      return null;
    }
    if (!complete(in, 414)) {
      return null;
    }
    byte[] bytes = take(in);
    RequestHead head = parseRequest(bytes);
    reset();
    return head;
  }

  /** As {@link #readRequest}, for a response. Errors have status 502. */
  public @Nullable ResponseHead readResponse(ByteBuf in) throws HttpError {
    try {
      if (!complete(in, 502)) {
        return null;
      }
      byte[] bytes = take(in);
      ResponseHead head = parseResponse(bytes);
      reset();
      return head;
    } catch (HttpError e) {
      throw new HttpError(502, "the origin's response is malformed: " + e.sentence());
    }
  }

  /**
   * Clients of old send one after a body (RFC 9112, section 2.2). Answers false while it cannot be
   * told: only a CR has come.
   */
  private boolean skipEmptyLine(ByteBuf in) {
    int at = in.readerIndex();
    if (!in.isReadable() || in.getByte(at) != '\r') {
      return true;
    }
    if (in.readableBytes() == 1) {
      return false;
    }
    if (in.getByte(at + 1) == '\n') {
      in.skipBytes(2);
      emptyLineSkipped = true;
    }
    return true;
  }

  private boolean complete(ByteBuf in, int startLineTooLong) throws HttpError {
    int start = in.readerIndex();
    int end = in.writerIndex();
    int from = start + scanned;
    while (from < end) {
      int lf = in.indexOf(from, end, (byte) '\n');
      if (lf < 0) {
        break;
      }
      int length = lf + 1 - start;
      checkSize(length, startLineTooLong);
      if (lf == start || in.getByte(lf - 1) != '\r') {
        throw new HttpError(400, "a line of the head ends with LF instead of CRLF");
      }
      int lineStart = lines == 0 ? 0 : lineEnds[lines - 1] + 2;
      int lineEnd = lf - 1 - start;
      scanned = length;
      if (lineEnd == lineStart) {
        if (lines == 0) {
          throw new HttpError(400, "the head has no start line");
        }
        return true;
      }
      addLine(lineEnd);
      from = lf + 1;
    }
    checkSize(end - start, startLineTooLong);
    scanned = end - start;
    return false;
  }

  private void checkSize(int length, int startLineTooLong) throws HttpError {
    // Method, version and spaces take some bytes besides the target.
    if (lines == 0 && length > limits.targetBytes() + 64) {
      throw new HttpError(
          startLineTooLong, "the start line is longer than " + limits.targetBytes() + " bytes");
    }
    if (length > limits.headBytes()) {
      throw new HttpError(431, "the head is longer than " + limits.headBytes() + " bytes");
    }
  }

  private void addLine(int lineEnd) throws HttpError {
    if (lines > limits.fieldLines()) {
      throw new HttpError(431, "the head has more than " + limits.fieldLines() + " field lines");
    }
    if (lines == lineEnds.length) {
      lineEnds = Arrays.copyOf(lineEnds, lines * 2);
    }
    lineEnds[lines++] = lineEnd;
  }

  private byte[] take(ByteBuf in) {
    byte[] bytes = new byte[scanned];
    in.readBytes(bytes);
    return bytes;
  }

  private void reset() {
    emptyLineSkipped = false;
    lines = 0;
    scanned = 0;
  }

  private RequestHead parseRequest(byte[] bytes) throws HttpError {
    int end = lineEnds[0];
    int methodEnd = 0;
    while (methodEnd < end && Ascii.isToken(bytes[methodEnd])) {
      methodEnd++;
    }
    if (methodEnd == 0 || methodEnd == end || bytes[methodEnd] != ' ') {
      throw new HttpError(400, "the request line does not start with a method and one space");
    }
    if (methodEnd > 32) {
      throw new HttpError(501, "the method is longer than any this server knows");
    }
    int targetStart = methodEnd + 1;
    int targetEnd = targetStart;
    while (targetEnd < end && Ascii.isTarget(bytes[targetEnd])) {
      targetEnd++;
    }
    if (targetEnd == targetStart || targetEnd == end || bytes[targetEnd] != ' ') {
      throw new HttpError(
          400, "the request target is not printable ASCII between two single spaces");
    }
    if (targetEnd - targetStart > limits.targetBytes()) {
      throw new HttpError(
          414, "the request target is longer than " + limits.targetBytes() + " bytes");
    }
    boolean http11 = version(bytes, targetEnd + 1, end, end);
    return new RequestHead(
        method(bytes, methodEnd),
        new String(bytes, targetStart, targetEnd - targetStart, StandardCharsets.ISO_8859_1),
        http11,
        parseFields(bytes));
  }

  private static String method(byte[] bytes, int length) {
    if (length == 3 && bytes[0] == 'G' && bytes[1] == 'E' && bytes[2] == 'T') {
      return "GET";
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private ResponseHead parseResponse(byte[] bytes) throws HttpError {
    int end = lineEnds[0];
    boolean http11 = version(bytes, 0, Math.min(8, end), end);
    if (end < 12 || bytes[8] != ' ' || (end > 12 && bytes[12] != ' ')) {
      throw new HttpError(400, "the status line is not a version, a status and a reason");
    }
    int status = 0;
    for (int i = 9; i < 12; i++) {
      if (!Ascii.isDigit(bytes[i])) {
        throw new HttpError(400, "the status is not three digits");
      }
      status = status * 10 + bytes[i] - '0';
    }
    if (status < 100) {
      throw new HttpError(400, "the status is below 100");
    }
    for (int i = 12; i < end; i++) {
      if (!Ascii.isFieldContent(bytes[i])) {
        throw new HttpError(400, "the reason phrase has a control character");
      }
    }
    String reason = end > 13 ? new String(bytes, 13, end - 13, StandardCharsets.ISO_8859_1) : "";
    return new ResponseHead(status, reason, http11, parseFields(bytes));
  }

  /** Whether the version is HTTP/1.1 or a later minor version, rather than HTTP/1.0. */
  private static boolean version(byte[] bytes, int from, int to, int lineEnd) throws HttpError {
    if (to - from != 8
        || to > lineEnd
        || bytes[from] != 'H'
        || bytes[from + 1] != 'T'
        || bytes[from + 2] != 'T'
        || bytes[from + 3] != 'P'
        || bytes[from + 4] != '/'
        || !Ascii.isDigit(bytes[from + 5])
        || bytes[from + 6] != '.'
        || !Ascii.isDigit(bytes[from + 7])) {
      throw new HttpError(400, "the start line has no HTTP version");
    }
    if (bytes[from + 5] != '1') {
      throw new HttpError(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    return bytes[from + 7] != '0';
  }

  private Fields parseFields(byte[] bytes) throws HttpError {
    int count = lines - 1;
    int[] marks = new int[count * MARKS];
    for (int line = 0; line < count; line++) {
      int start = lineEnds[line] + 2;
      int end = lineEnds[line + 1];
      int nameEnd = start;
      while (nameEnd < end && Ascii.isToken(bytes[nameEnd])) {
        nameEnd++;
      }
      if (nameEnd == start || nameEnd == end || bytes[nameEnd] != ':') {
        throw new HttpError(
            400,
            bytes[start] == ' ' || bytes[start] == '\t'
                ? "a field line is folded"
                : "a field line does not start with a name and a colon");
      }
      int valueStart = nameEnd + 1;
      int valueEnd = end;
      while (valueStart < valueEnd && isBlank(bytes[valueStart])) {
        valueStart++;
      }
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) {
        valueEnd--;
      }
      for (int i = valueStart; i < valueEnd; i++) {
        if (!Ascii.isFieldContent(bytes[i])) {
          throw new HttpError(400, "a field value has a control character");
        }
      }
      int mark = line * MARKS;
      marks[mark] = start;
      marks[mark + 1] = nameEnd;
      marks[mark + 2] = valueStart;
      marks[mark + 3] = valueEnd;
    }
    return new Fields(bytes, marks, count);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
