package io.millrace.kafka.control;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Tells a client in an answer of whatever kind for how long it is held back. The generated classes
 * of answers have the field in common, but no type that says so.
 */
final class ThrottleTime {

  private static final ClassValue<Optional<MethodHandle>> SETTERS =
      new ClassValue<>() {
        @Override
        protected Optional<MethodHandle> computeValue(Class<?> type) {
          try {
            return Optional.of(
                MethodHandles.publicLookup()
                    .findVirtual(type, "setThrottleTimeMs", MethodType.methodType(type, int.class))
                    .asType(MethodType.methodType(Object.class, Object.class, int.class)));
          } catch (NoSuchMethodException | IllegalAccessException e) {
            return Optional.empty();
          }
        }
      };

  private ThrottleTime() {}

  /** Sets the field {@code throttle_time_ms}; an answer without it stays as it is. */
  static void set(ApiMessage response, int millis) {
    Optional<MethodHandle> setter = SETTERS.get(response.getClass());
    if (setter.isEmpty()) {
      return;
    }
    try {
      Object unused = setter.get().invokeExact((Object) response, millis);
    } catch (Throwable e) {
      throw new IllegalStateException("an answer does not take its throttle time", e);
    }
  }
}
