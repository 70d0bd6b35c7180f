package io.millrace.broker.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message's deaths into its headers as RabbitMQ does: {@code x-death} has one table for
 * each queue and reason, the newest first, with a count; {@code x-first-death-*} and {@code
 * x-last-death-*} name the first and the last. Pure functions.
 */
final class DeadLetter {

  private static final String DEATHS = "x-death";

  private DeadLetter() {}

  /**
   * The message as it is published anew.
   *
   * @param exchange that it goes to
   * @param routingKey with which it goes there
   */
  static Message of(
      Message message,
      String queue,
      DeathReason reason,
      String exchange,
      String routingKey,
      long nowMillis) {
    Map<String, Object> headers = new LinkedHashMap<>(message.headers());
    List<Object> deaths = new ArrayList<>();
    long count = 1;
    Map<String, Object> death = new LinkedHashMap<>();
    for (Map<?, ?> each : deaths(message)) {
      if (queue.equals(each.get("queue")) && reason.label().equals(each.get("reason"))) {
        count = each.get("count") instanceof Number before ? before.longValue() + 1 : 1;
        each.forEach((name, value) -> death.put(String.valueOf(name), value));
      } else {
        deaths.add(each);
      }
    }
    if (death.isEmpty()) {
      death.put("reason", reason.label());
      death.put("queue", queue);
      death.put("time", Instant.ofEpochMilli(nowMillis));
      death.put("exchange", message.exchange());
      death.put("routing-keys", List.of(message.routingKey()));
      long expiration = message.properties().expirationMillis();
      if (expiration >= 0) {
        death.put("original-expiration", Long.toString(expiration));
      }
    }
    death.put("count", count);
    deaths.addFirst(death);
    headers.put(DEATHS, deaths);
    headers.putIfAbsent("x-first-death-exchange", message.exchange());
    headers.putIfAbsent("x-first-death-queue", queue);
    headers.putIfAbsent("x-first-death-reason", reason.label());
    headers.put("x-last-death-exchange", message.exchange());
    headers.put("x-last-death-queue", queue);
    headers.put("x-last-death-reason", reason.label());
    return new Message(
        exchange, routingKey, message.properties().with(headers, true), message.body());
  }

  /**
   * Whether a dead message would go in a circle that no consumer is part of: it died in that queue
   * before, and was not rejected since.
   */
  static boolean isCircle(Message dead, String queue) {
    for (Map<?, ?> each : deaths(dead)) {
      if (DeathReason.REJECTED.label().equals(each.get("reason"))) {
        return false;
      }
      if (queue.equals(each.get("queue"))) {
        return true;
      }
    }
    return false;
  }

  private static List<Map<?, ?>> deaths(Message message) {
    @Nullable Object present = message.headers().get(DEATHS);
    List<Map<?, ?>> deaths = new ArrayList<>();
    if (present instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> death) {
          deaths.add(death);
        }
      }
    }
    return deaths;
  }
}
