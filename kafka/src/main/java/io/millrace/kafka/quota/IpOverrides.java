package io.millrace.kafka.quota;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Limits of single addresses as Kafka's {@code max.connections.per.ip.overrides} has them: {@code
 * 10.0.0.7:100,::1:200}. Names are not looked up, since that could take long.
 */
public final class IpOverrides {

  /** For people: what is allowed. */
  public static final String ALLOWED =
      "addresses and numbers from 0 such as 10.0.0.7:100,::1:200, or nothing";

  private static final int MOST_CHARS = 32_000;

  private IpOverrides() {}

  /** The limits that a text stands for, or null when it stands for none. */
  public static @Nullable Map<InetAddress, Integer> parse(String text) {
    Map<InetAddress, Integer> limits = new HashMap<>();
    if (text.length() > MOST_CHARS) {
      return null;
    }
    if (text.isBlank()) {
      return limits;
    }
    for (String each : text.split(",", -1)) {
      int colon = each.lastIndexOf(':');
      InetAddress address = colon < 0 ? null : address(each.substring(0, colon).strip());
      int most = colon < 0 ? -1 : number(each.substring(colon + 1).strip());
      if (address == null || most < 0) {
        return null;
      }
      limits.put(address, most);
    }
    return limits;
  }

  /** The limits as a text. */
  public static String text(Map<InetAddress, Integer> limits) {
    Map<String, Integer> sorted = new TreeMap<>();
    limits.forEach((address, most) -> sorted.put(address.getHostAddress(), most));
    return sorted.entrySet().stream()
        .map(each -> each.getKey() + ":" + each.getValue())
        .collect(Collectors.joining(","));
  }

  private static @Nullable InetAddress address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
