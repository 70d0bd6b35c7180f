package io.millrace.console;

import static io.millrace.console.ConsoleFixture.json;
import static io.millrace.console.ConsoleFixture.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.log.batch.RecordBatchBuilder.RecordHeader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsApiTest {

  @TempDir Path folder;
  private ConsoleFixture node;

  @BeforeEach
  void start() {
    node = new ConsoleFixture(folder);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aTopicIsMadeWithItsSettingsAndDescribedAsItStands() throws Exception {
    HttpResponse<String> made =
        node.post(
            "/api/topics",
            """
            {"name": "orders", "partitions": 3, "settings": {"retention.ms": "60000"}}
            """);

    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location")).contains("/api/topics/orders");
    node.append("orders", 1, "key", "value");

    JsonNode topic = json(node.get("/api/topics/orders"));
    assertThat(topic.at("/summary/partitions").asInt()).isEqualTo(3);
    assertThat(topic.at("/summary/records").asLong()).isEqualTo(1);
    assertThat(topic.at("/settings/retention.ms").asText()).isEqualTo("60000");
    assertThat(topic.at("/effective/retention.ms").asLong()).isEqualTo(60000);
    JsonNode partition = topic.at("/partitions/1");
    assertThat(partition.get("startOffset").asLong()).isZero();
    assertThat(partition.get("highWatermark").asLong()).isEqualTo(1);
    assertThat(partition.get("endOffset").asLong()).isEqualTo(1);
    assertThat(partition.get("sizeBytes").asLong()).isPositive();
    assertThat(json(node.get("/api/topics")).at("/topics").findValuesAsText("name"))
        .contains("orders");
  }

  @Test
  void partitionsAreAddedAndSettingsChanged() throws Exception {
    node.topic("orders", 1);

    HttpResponse<String> changed =
        node.send(
            node.request("/api/topics/orders")
                .header("Content-Type", "application/json")
                .method(
                    "PATCH",
                    BodyPublishers.ofString(
                        "{\"partitions\": 4, \"settings\": {\"cleanup.policy\": \"compact\"}}")));

    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(json(changed).at("/summary/partitions").asInt()).isEqualTo(4);
    assertThat(json(changed).at("/summary/cleanupPolicy").asText()).isEqualTo("compact");
  }

  @Test
  void aTopicIsDeletedWithItsRecords() throws Exception {
    node.topic("orders", 1);

    assertThat(node.send(node.request("/api/topics/orders").DELETE()).statusCode()).isEqualTo(204);

    assertThat(node.broker.topics().find("orders")).isNull();
    assertThat(node.get("/api/topics/orders").statusCode()).isEqualTo(404);
  }

  @Test
  void whatTheBrokerRefusesIsAProblemDocumentWithItsSentence() throws Exception {
    node.topic("orders", 1);

    HttpResponse<String> twice = node.post("/api/topics", "{\"name\": \"orders\"}");
    assertThat(twice.statusCode()).isEqualTo(409);
    assertThat(twice.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(twice).get("error").asText()).isEqualTo("TOPIC_EXISTS");
    assertThat(json(twice).get("detail").asText()).contains("orders");

    assertThat(node.post("/api/topics", "{\"name\": \"no/slash\"}").statusCode()).isEqualTo(400);
    assertThat(node.post("/api/topics", "{\"name\": \"a\", \"partitions\": -5}").statusCode())
        .isEqualTo(400);
    assertThat(
            node.post("/api/topics", "{\"name\": \"a\", \"settings\": {\"no.such\": \"1\"}}")
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void recordsAreShownAsJsonTextOrBytesWithTheirHeaders() throws Exception {
    node.topic("mixed", 1);
    node.append("mixed", 0, 1000, utf8("key"), utf8("{\"n\": 12345678901234567890}"));
    node.append("mixed", 0, 2000, null, utf8("plain tëxt"));
    node.append("mixed", 0, 3000, new byte[] {0, 1, (byte) 0xff}, null);
    node.append(
        "mixed",
        0,
        4000,
        utf8("k"),
        utf8("v"),
        new RecordHeader("trace", ByteBuffer.wrap(utf8("t1"))));

    JsonNode messages =
        json(node.get("/api/topics/mixed/messages?partition=0&offset=0")).get("messages");

    assertThat(messages).hasSize(4);
    assertThat(messages.at("/0/value/format").asText()).isEqualTo("json");
    assertThat(messages.at("/0/value/data").asText()).isEqualTo("{\"n\": 12345678901234567890}");
    assertThat(messages.at("/0/timestamp").asLong()).isEqualTo(1000);
    assertThat(messages.at("/1/key").isNull()).isTrue();
    assertThat(messages.at("/1/value/format").asText()).isEqualTo("text");
    assertThat(messages.at("/1/value/data").asText()).isEqualTo("plain tëxt");
    assertThat(messages.at("/2/key/format").asText()).isEqualTo("base64");
    assertThat(messages.at("/2/key/data").asText()).isEqualTo("AAH/");
    assertThat(messages.at("/2/value").isNull()).isTrue();
    assertThat(messages.at("/3/headers/0/name").asText()).isEqualTo("trace");
    assertThat(messages.at("/3/headers/0/value/data").asText()).isEqualTo("t1");
  }

  @Test
  void browsingGoesOnWhereItStopped() throws Exception {
    node.topic("numbers", 1);
    for (int i = 0; i < 25; i++) {
      node.append("numbers", 0, "k", Integer.toString(i));
    }

    JsonNode first = json(node.get("/api/topics/numbers/messages?partition=0&offset=3&limit=10"));
    assertThat(first.at("/messages/0/offset").asLong()).isEqualTo(3);
    assertThat(first.at("/messages/9/value/data").asText()).isEqualTo("12");
    long next = first.at("/next/0").asLong();
    assertThat(next).isEqualTo(13);

    JsonNode second =
        json(node.get("/api/topics/numbers/messages?partition=0&limit=100&offset=" + next));
    assertThat(second.get("messages")).hasSize(12);
    assertThat(second.at("/next/0").asLong()).isEqualTo(25);
  }

  @Test
  void theNewestRecordsOfAllPartitionsComeInTheOrderOfTheirTimes() throws Exception {
    node.topic("spread", 3);
    for (int i = 0; i < 30; i++) {
      node.append("spread", i % 3, 1000 + i, utf8("k"), utf8(Integer.toString(i)));
    }

    JsonNode newest = json(node.get("/api/topics/spread/messages?limit=5")).get("messages");

    assertThat(newest.findValuesAsText("timestamp"))
        .containsExactly("1025", "1026", "1027", "1028", "1029");
  }

  @Test
  void browsingStartsAtATime() throws Exception {
    node.topic("timed", 1);
    for (int i = 0; i < 10; i++) {
      node.append("timed", 0, 1000 + 100 * i, utf8("k"), utf8(Integer.toString(i)));
    }

    JsonNode found = json(node.get("/api/topics/timed/messages?partition=0&timestamp=1350"));

    assertThat(found.at("/messages/0/value/data").asText()).isEqualTo("4");
  }

  @Test
  void aLargeRecordIsShownInPart() throws Exception {
    node.topic("large", 1);
    node.append("large", 0, "k", "ä".repeat(100_000));

    JsonNode value = json(node.get("/api/topics/large/messages")).at("/messages/0/value");

    assertThat(value.get("truncated").asBoolean()).isTrue();
    assertThat(value.get("bytes").asInt()).isEqualTo(200_000);
    assertThat(value.get("data").asText()).hasSizeLessThanOrEqualTo(64 * 1024).startsWith("äää");
  }

  @Test
  void aWrongPositionIsRefusedInOneSentence() throws Exception {
    node.topic("orders", 2);

    HttpResponse<String> partition = node.get("/api/topics/orders/messages?partition=2");
    assertThat(partition.statusCode()).isEqualTo(404);
    assertThat(json(partition).get("detail").asText()).contains("partitions 0 to 1");
    HttpResponse<String> limit = node.get("/api/topics/orders/messages?limit=100000");
    assertThat(limit.statusCode()).isEqualTo(400);
    assertThat(json(limit).get("detail").asText()).contains("from 1 to 500");
    assertThat(node.get("/api/topics/orders/messages?offset=-3").statusCode()).isEqualTo(400);
    assertThat(node.get("/api/topics/none/messages").statusCode()).isEqualTo(404);
  }
}
