"""Usage: python3 pika_roundtrip.py PORT COUNT

Work queue, topic exchange, confirms, mandatory, dead letters and errors with pika; prints what it saw as JSON.
"""

import json
import sys

import pika
from pika.exceptions import ChannelClosedByBroker, UnroutableError


def main(port, count):
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("tasks", durable=True)
    persistent = pika.BasicProperties(delivery_mode=2, headers={"lang": "python", "n": 1}, content_type="text/plain")
    for i in range(count):
        channel.basic_publish("", "tasks", b"task %d" % i, persistent)

    seen = []
    channel.basic_qos(prefetch_count=10)
    for method, properties, body in channel.consume("tasks", inactivity_timeout=20):
        if method is None:
            break
        seen.append(body.decode())
        headers_right = properties.headers == {"lang": "python", "n": 1}
        channel.basic_ack(method.delivery_tag)
        if len(seen) == count:
            break
    channel.cancel()

    channel.exchange_declare("events", "topic", durable=True)
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "events", "orders.*.created")
    channel.basic_publish("events", "orders.eu.created", b"routed", mandatory=True)
    try:
        channel.basic_publish("events", "orders.eu.deleted", b"lost", mandatory=True)
        unroutable = False
    except UnroutableError:
        unroutable = True
    routed = channel.basic_get(queue, auto_ack=True)[2].decode()

    other = connection.channel()
    try:
        other.queue_declare("missing", passive=True)
        code = 0
    except ChannelClosedByBroker as closed:
        code = closed.reply_code
    connection.close()
    print(
        json.dumps(
            {
                "inOrder": seen == ["task %d" % i for i in range(count)],
                "headersRight": headers_right,
                "unroutable": unroutable,
                "routed": routed,
                "code": code,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
