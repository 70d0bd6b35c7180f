package io.millrace.console.schema;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.broker.BrokerException;
import io.millrace.console.http.Answer;
import io.millrace.console.http.Endpoint;
import io.millrace.console.http.Json;
import io.millrace.console.http.Request;
import io.millrace.schema.RegistryException;
import java.util.Locale;

/** Answers in the registry's media types, refusals included. */
final class RegistryAnswers {

  /** What clients are answered with unless they only take plain JSON. */
  static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

  private RegistryAnswers() {}

  static Answer of(Request request, Object document) {
    return of(request, 200, document);
  }

  private static Answer of(Request request, int status, Object document) {
    return Answer.of(status, mediaType(request), Json.bytes(document));
  }

  private static String mediaType(Request request) {
    String accept = request.fields().first("accept");
    if (accept == null) {
      return MEDIA_TYPE;
    }
    String types = accept.toLowerCase(Locale.ROOT);
    if (types.contains("vnd.schemaregistry.v1+json") || !types.contains("application/")) {
      return MEDIA_TYPE;
    }
    if (types.contains("vnd.schemaregistry+json")) {
      return "application/vnd.schemaregistry+json";
    }
    return types.contains("application/json") ? "application/json" : MEDIA_TYPE;
  }

  /** An endpoint whose refusals are answered as the registry's clients expect them. */
  static Endpoint endpoint(String method, String path, Endpoint.Handler handler) {
    return Endpoint.of(
        method,
        path,
        request -> {
          try {
            return handler.handle(request);
          } catch (RegistryException e) {
            return error(request, RegistryErrors.code(e.error()), String.valueOf(e.getMessage()));
          } catch (RequestException e) {
            return error(request, e.code(), String.valueOf(e.getMessage()));
          } catch (BrokerException e) {
            return error(request, 50001, "The registry's topic failed: " + e.getMessage());
          }
        });
  }

  private static Answer error(Request request, int code, String message) {
    return of(
        request,
        RegistryErrors.status(code),
        JsonNodeFactory.instance.objectNode().put("error_code", code).put("message", message));
  }
}
