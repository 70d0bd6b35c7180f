package io.millrace.console.http;

import io.millrace.cdn.http.Fields;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a handler sees it.
 *
 * @param path what the endpoint's placeholders stand for, decoded
 * @param query the parameters, decoded; the last one of a name counts
 * @param body all of it; empty when there is none
 */
public record Request(
    String method,
    Map<String, String> path,
    Map<String, String> query,
    Fields fields,
    byte[] body) {

  /** What the placeholder of that name stands for. */
  public String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the endpoint has no {" + name + "}");
    }
    return value;
  }

  /** A parameter of the query, or null. */
  public @Nullable String query(String name) {
    return query.get(name);
  }

  /**
   * A whole number of the query.
   *
   * @throws ProblemException 400 when it is none, or out of range
   */
  public long query(String name, long otherwise, long least, long most) {
    String text = query.get(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, in the same words as a number out of range.
    }
    throw new ProblemException(
        400,
        "The parameter "
            + name
            + " is \""
            + text
            + "\" but must be a number from "
            + least
            + " to "
            + most
            + ".");
  }

  /** The media type of the body in lower case, without parameters; empty when none is given. */
  public String mediaType() {
    String type = fields.first("content-type");
    if (type == null) {
      return "";
    }
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether the client names this media type among those it accepts. */
  public boolean accepts(String mediaType) {
    String accept = fields.first("accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(mediaType);
  }
}
