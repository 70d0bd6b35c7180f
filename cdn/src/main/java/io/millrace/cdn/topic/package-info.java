/**
 * Topics as resources of HTTP: records are written by POST, read by GET with long polling, and
 * followed as Server-Sent Events.
 *
 * <p>In come requests of the edge; out go documents in JSON and events. The paths, and what each
 * answers, are described by {@code docs/openapi.json}, which is also served.
 *
 * <pre>
 *   TopicApi ─→ TopicCall            one request: its body, collected within bounds, and its answer
 *      ├─ POST ─→ RecordReader → TopicWriter → Partition.append
 *      ├─ GET ──→ RecordPages  → RecordChunk ← Partition.read
 *      └─ live ─→ TopicFollower → LiveChunks ← Partition.read      one viewer; shared by all viewers
 * </pre>
 *
 * <p>What lies behind an offset never changes, so a page that is full never changes either: caches
 * may keep it, and a crowd that reads a topic through the edge costs its log about one read per
 * page. Event loops only start work; reading, writing and encoding run on virtual threads.
 *
 * <p>Limits are in {@link io.millrace.cdn.topic.TopicApiSettings}. Cost: a page or a request's body
 * in memory while it is under way; for each waiting request or viewer a few hundred bytes.
 */
@NullMarked
package io.millrace.cdn.topic;

import org.jspecify.annotations.NullMarked;
