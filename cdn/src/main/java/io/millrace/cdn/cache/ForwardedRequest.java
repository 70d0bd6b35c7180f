package io.millrace.cdn.cache;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.HopByHop;
import io.millrace.cdn.origin.OriginRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request that goes to the origin for a client's. */
final class ForwardedRequest {

  /** What the edge decides itself, on the full response. */
  private static final Set<String> CONDITIONS =
      Set.of(
          "if-none-match",
          "if-modified-since",
          "if-match",
          "if-unmodified-since",
          "if-range",
          "range");

  private ForwardedRequest() {}

  /** As the client sent it, less what is of its connection. */
  static OriginRequest asIs(Exchange exchange, CdnLoop loop) {
    return new OriginRequest(
        exchange.request().method(),
        exchange.target(),
        endToEnd(exchange, loop, false).build(),
        exchange.body(),
        exchange.loop());
  }

  /**
   * A GET of the whole resource, or of what is missing of it.
   *
   * @param parts that are stored and can be completed, or null
   */
  static OriginRequest whole(
      Exchange exchange, CdnLoop loop, Validation validation, @Nullable PartialResponse parts) {
    Fields.Builder fields = endToEnd(exchange, loop, true);
    validation.addTo(fields);
    ByteRange missing = parts == null ? null : parts.missing();
    String tag = parts == null ? null : parts.strongTag();
    if (parts != null && missing != null && tag != null) {
      boolean toTheEnd = missing.last() == parts.total() - 1;
      fields.add("Range", "bytes=" + missing.first() + "-" + (toTheEnd ? "" : missing.last()));
      fields.add("If-Range", tag);
    }
    return new OriginRequest(
        "GET", exchange.target(), fields.build(), Framing.NONE, exchange.loop());
  }

  private static Fields.Builder endToEnd(Exchange exchange, CdnLoop loop, boolean unconditional) {
    Fields fields = exchange.request().fields();
    Fields.Builder kept = new Fields.Builder();
    for (int line = 0; line < fields.count(); line++) {
      String name = fields.name(line).toLowerCase(Locale.ROOT);
      boolean dropped =
          name.equals("expect")
              || name.equals("x-forwarded-for")
              || name.equals("cdn-loop")
              || (unconditional && CONDITIONS.contains(name))
              || HopByHop.is(fields, line);
      if (!dropped) {
        kept.add(fields, line);
      }
    }
    // A zone (fe80::1%eth0) means nothing elsewhere, and a percent sign is no part of an address.
    String client = exchange.clientAddress();
    int zone = client.indexOf('%');
    String from = zone < 0 ? client : client.substring(0, zone);
    String before = fields.joined("x-forwarded-for");
    loop.addTo(kept, fields);
    return kept.add("X-Forwarded-For", before == null ? from : before + ", " + from)
        .add("Via", "1.1 millrace");
  }
}
