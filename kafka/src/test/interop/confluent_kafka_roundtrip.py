"""Usage: python3 confluent_kafka_roundtrip.py BOOTSTRAP TOPIC COUNT

Makes the topic, produces COUNT records idempotently, reads them back in a group, commits, and prints what it saw as JSON.
"""

import json
import sys
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic


def main(bootstrap, topic, count):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(topic, 3, 1)]).values():
        future.result(20)

    failures = []
    producer = Producer(
        {"bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": "lz4", "linger.ms": 5}
    )
    for i in range(count):
        producer.produce(
            topic,
            key=b"k%d" % (i % 7),
            value=b"v%d" % i,
            headers=[("n", b"%d" % i)],
            on_delivery=lambda error, _: failures.append(str(error)) if error else None,
        )
        producer.poll(0)
    left = producer.flush(30)

    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": topic + "-group",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    seen = set()
    headers_right = True
    deadline = time.monotonic() + 30
    while len(seen) < count and time.monotonic() < deadline:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            if message.error().code() == KafkaError._PARTITION_EOF:
                continue
            raise RuntimeError(message.error())
        headers_right = headers_right and b"v" + dict(message.headers())["n"] == message.value()
        seen.add(message.value())
    consumer.commit(asynchronous=False)
    committed = sum(
        max(0, p.offset) for p in consumer.committed([TopicPartition(topic, p) for p in range(3)], timeout=20)
    )
    consumer.close()
    described = admin.describe_configs([ConfigResource("topic", topic)])
    retention = next(iter(described.values())).result(20)["retention.ms"].value
    print(
        json.dumps(
            {
                "seen": len(seen),
                "headersRight": headers_right,
                "committed": committed,
                "failures": failures,
                "unsent": left,
                "retention": retention,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
