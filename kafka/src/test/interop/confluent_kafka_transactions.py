"""Transactions by librdkafka: prints what readers of either isolation level see, as JSON.

Argument: bootstrap servers.
"""

import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition

bootstrap = sys.argv[1]
producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "python"})
producer.init_transactions(20)


def transaction(commit, *values):
    producer.begin_transaction()
    for value in values:
        producer.produce("orders", value.encode(), partition=0)
    if commit:
        group = Consumer({"bootstrap.servers": bootstrap, "group.id": "readers"})
        producer.send_offsets_to_transaction(
            [TopicPartition("input", 0, 5)], group.consumer_group_metadata(), 20
        )
        producer.commit_transaction(20)
        group.close()
    else:
        producer.flush(20)
        producer.abort_transaction(20)


transaction(True, "a", "b")
transaction(False, "dropped")
transaction(True, "c")


def read(isolation):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "readers",
            "isolation.level": isolation,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition("orders", 0, 0)])
    values = []
    while True:
        message = consumer.poll(20)
        if message is None or message.error():
            break
        values.append(message.value().decode())
    committed = consumer.committed([TopicPartition("input", 0)], 20)[0].offset
    consumer.close()
    return values, committed


committed, offset = read("read_committed")
everything, _ = read("read_uncommitted")
print(json.dumps({"committed": committed, "everything": everything, "offset": offset}))
