"""Usage: python3 pika_security.py PORT CA CERTIFICATE KEY

Over TLS by a certificate's name alone with pika: what the user may do is done, the rest is refused; prints what it saw
as JSON.
"""

import json
import ssl
import sys

import pika
from pika.exceptions import ChannelClosedByBroker


def main(port, authority, certificate, key):
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    connection = pika.BlockingConnection(
        pika.ConnectionParameters(
            "127.0.0.1",
            port,
            credentials=pika.credentials.ExternalCredentials(),
            ssl_options=pika.SSLOptions(context, "localhost"),
        )
    )
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("mine", durable=True)
    channel.basic_publish("", "mine", b"by certificate", pika.BasicProperties(delivery_mode=2, user_id="alice"))
    body = channel.basic_get("mine", auto_ack=True)[2]
    refusal = None
    try:
        channel.queue_declare("yours")
    except ChannelClosedByBroker as error:
        refusal = [error.reply_code, error.reply_text]
    connection.close()
    print(json.dumps({"body": body.decode(), "refusal": refusal}))


main(int(sys.argv[1]), *sys.argv[2:5])
