package io.millrace.cdn.origin;

import io.millrace.cdn.http.Fields;
import io.millrace.cdn.http.Framing;
import io.millrace.cdn.http.RequestTarget;
import io.netty.channel.EventLoop;

/**
 * What an origin is asked.
 *
 * @param fields without those of the client's connection
 * @param body how the body that follows is framed; its pieces come through {@link OriginCall}
 * @param loop where the listener is called
 */
public record OriginRequest(
    String method, RequestTarget target, Fields fields, Framing body, EventLoop loop) {}
