"""Usage: python3 python_kafka_roundtrip.py BOOTSTRAP TOPIC COUNT

Makes the topic, produces COUNT records, reads them back in a group, commits, and prints what it saw as JSON.
"""

import json
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic


def main(bootstrap, topic, count):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])

    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", compression_type="gzip", linger_ms=5)
    for i in range(count):
        producer.send(topic, key=b"k%d" % (i % 7), value=b"v%d" % i, headers=[("n", b"%d" % i)])
    producer.flush()
    producer.close()

    group = topic + "-group"
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=20000,
    )
    seen = set()
    headers_right = True
    for record in consumer:
        headers_right = headers_right and b"v" + dict(record.headers)["n"] == record.value
        seen.add(record.value)
        if len(seen) == count:
            break
    consumer.commit()
    partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
    committed = sum(consumer.committed(p) or 0 for p in partitions)
    ends = sum(consumer.end_offsets(partitions).values())
    groups = [name for name, _ in admin.list_consumer_groups()]
    consumer.close()
    admin.close()
    print(
        json.dumps(
            {
                "seen": len(seen),
                "headersRight": headers_right,
                "committed": committed,
                "ends": ends,
                "listed": group in groups,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
