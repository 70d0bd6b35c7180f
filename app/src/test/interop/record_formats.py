"""
Reads with Confluent's client for Python what `millrace produce` has written with schemas, and writes records with its
serializers for `millrace consume`. Arguments: bootstrap servers, address of the registry.
"""

import json
import sys
import uuid

from confluent_kafka import Consumer, Producer
from confluent_kafka import avro as old_avro
from confluent_kafka.avro import CachedSchemaRegistryClient
from confluent_kafka.avro.serializer.message_serializer import MessageSerializer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

bootstrap, url = sys.argv[1:]
registry = SchemaRegistryClient({"url": url})
avro_messages = MessageSerializer(CachedSchemaRegistryClient({"url": url}))
result = {}


def value_of(topic):
    return SerializationContext(topic, MessageField.VALUE)


def first_of(topic):
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": str(uuid.uuid4()), "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    message = consumer.poll(30)
    if message is None or message.error():
        raise RuntimeError(f"no record in {topic}: {message and message.error()}")
    consumer.close()
    return message.value()


stamp = descriptor_pb2.FileDescriptorProto()
timestamp_pb2.DESCRIPTOR.CopyToProto(stamp)
visit = descriptor_pb2.FileDescriptorProto(name="visit.proto", package="shop", syntax="proto3")
visit.dependency.append("google/protobuf/timestamp.proto")
message = visit.message_type.add(name="Visit")
message.field.add(name="page", number=1, type=11, label=1, type_name=".shop.Page")
message.field.add(name="seconds", number=2, type=5, label=1)
message.field.add(name="at", number=3, type=11, label=1, type_name=".google.protobuf.Timestamp")
visit.message_type.add(name="Page").field.add(name="path", number=1, type=9, label=1)
pool = descriptor_pool.DescriptorPool()
pool.Add(stamp)
pool.Add(visit)
Visit = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("shop.Visit"))
weather = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Weather",
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}

# What the commands have written.
result["avro"] = avro_messages.decode_message(first_of("avro-in"))
result["json"] = JSONDeserializer(json.dumps(weather), from_dict=lambda value, context: value)(
    first_of("json-in"), value_of("json-in"))
got = ProtobufDeserializer(Visit)(first_of("protobuf-in"), value_of("protobuf-in"))
result["protobuf"] = {"path": got.page.path, "seconds": got.seconds, "at": got.at.seconds}

# What the commands are to read.
order = old_avro.loads(json.dumps(
    {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}, {"name": "item", "type": "string"}]}))
visited = Visit(seconds=7)
visited.page.path = "/cart"
visited.at.seconds = 1767225600
producer = Producer({"bootstrap.servers": bootstrap})
producer.produce("avro-out", avro_messages.encode_record_with_schema("avro-out", order, {"id": 9, "item": "pot"}))
producer.produce("json-out", JSONSerializer(json.dumps(weather), registry)({"city": "Oslo"}, value_of("json-out")))
producer.produce("protobuf-out", ProtobufSerializer(Visit, registry)(visited, value_of("protobuf-out")))
producer.flush(30)
print(json.dumps(result))
