"""
Registers schemas with Confluent's client for Python, sends records written with them through topics, reads them back by
their ids, evolves a schema, and is refused one that does not fit. Arguments: bootstrap servers, address of the registry.
"""

import json
import sys
import uuid

from confluent_kafka import Consumer, Producer
from confluent_kafka import avro as old_avro
from confluent_kafka.admin import AdminClient, NewTopic
from confluent_kafka.avro.serializer.message_serializer import MessageSerializer
from confluent_kafka.avro import CachedSchemaRegistryClient
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

bootstrap, url = sys.argv[1:]
registry = SchemaRegistryClient({"url": url})
result = {}


def through_topic(topic, payloads):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(topic, 1, 1)]).values():
        future.result()
    producer = Producer({"bootstrap.servers": bootstrap})
    for payload in payloads:
        producer.produce(topic, payload)
    producer.flush(30)
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": str(uuid.uuid4()), "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    seen = []
    while len(seen) < len(payloads):
        message = consumer.poll(30)
        if message is None or message.error():
            raise RuntimeError(f"no more records in {topic}: {message and message.error()}")
        seen.append(message.value())
    consumer.close()
    return seen


def value_of(topic):
    return SerializationContext(topic, MessageField.VALUE)


def refusal(call):
    try:
        call()
    except SchemaRegistryError as e:
        return [e.http_status_code, e.error_code]
    return "not refused"


# JSON Schema
weather = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Weather",
    "type": "object",
    "properties": {"city": {"type": "string"}, "degrees": {"type": "number"}},
    "required": ["city"],
}
write = JSONSerializer(json.dumps(weather), registry)
read = JSONDeserializer(json.dumps(weather), from_dict=lambda value, context: value)
sent = [{"city": "Zürich", "degrees": 21.5}, {"city": "Oslo"}]
result["json"] = [
    read(value, value_of("py-weather"))
    for value in through_topic("py-weather", [write(each, value_of("py-weather")) for each in sent])
]

# Protobuf: the client sends its schema as a descriptor in Base64, with what it imports as references.
stamp = descriptor_pb2.FileDescriptorProto(name="shop/stamp.proto", package="shop", syntax="proto3")
message = stamp.message_type.add(name="Stamp")
message.field.add(name="millis", number=1, type=3, label=1)
visit = descriptor_pb2.FileDescriptorProto(name="shop/visit.proto", package="shop", syntax="proto3")
visit.dependency.append("shop/stamp.proto")
message = visit.message_type.add(name="Visit")
message.field.add(name="page", number=1, type=9, label=1)
message.field.add(name="seconds", number=2, type=5, label=1)
message.field.add(name="at", number=3, type=11, label=1, type_name=".shop.Stamp")
message.field.add(name="tags", number=4, type=9, label=3)
pool = descriptor_pool.DescriptorPool()
pool.Add(stamp)
pool.Add(visit)
factory = message_factory.MessageFactory(pool)
Visit = factory.GetPrototype(pool.FindMessageTypeByName("shop.Visit"))
one = Visit(page="/", seconds=12, tags=["a", "b"])
one.at.millis = 1767225600000
write = ProtobufSerializer(Visit, registry)
read = ProtobufDeserializer(Visit)
got = [read(value, value_of("py-visits")) for value in through_topic("py-visits", [write(one, value_of("py-visits"))])]
result["protobuf"] = [{"page": v.page, "seconds": v.seconds, "millis": v.at.millis, "tags": list(v.tags)} for v in got]
result["protobufText"] = registry.get_latest_version("py-visits-value").schema.schema_str
result["references"] = [r["name"] if isinstance(r, dict) else r.name
                        for r in registry.get_latest_version("py-visits-value").schema.references]

# Avro, by the client's older serializer, which uses Avro's own library.
order = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}, {"name": "item", "type": "string"}]}
older = MessageSerializer(CachedSchemaRegistryClient({"url": url}))
schema = old_avro.loads(json.dumps(order))
payload = older.encode_record_with_schema("py-orders", schema, {"id": 1, "item": "tea"})
fresh = MessageSerializer(CachedSchemaRegistryClient({"url": url}))
result["avro"] = [fresh.decode_message(value) for value in through_topic("py-orders", [payload])]

# The client itself.
subject = "py-orders-value"
gift = dict(order, fields=order["fields"] + [{"name": "gift", "type": "boolean", "default": False}])
price = dict(order, fields=order["fields"] + [{"name": "price", "type": "double"}])
first = registry.get_latest_version(subject)
evolved = registry.register_schema(subject, Schema(json.dumps(gift), "AVRO"))
result["evolved"] = evolved > first.schema_id
result["sameId"] = registry.register_schema(subject, Schema(json.dumps(gift, indent=4), "AVRO")) == evolved
result["versions"] = registry.get_versions(subject)
old_client = CachedSchemaRegistryClient({"url": url})
result["compatible"] = [
    old_client.test_compatibility(subject, old_avro.loads(json.dumps(each))) for each in (gift, price)]
result["refused"] = refusal(lambda: registry.register_schema(subject, Schema(json.dumps(price), "AVRO")))
result["unknownSubject"] = refusal(lambda: registry.get_latest_version("nobody"))
result["unknownVersion"] = refusal(lambda: registry.get_version(subject, 99))
result["unknownId"] = refusal(lambda: registry.get_schema(99999))
result["invalid"] = refusal(lambda: registry.register_schema(subject, Schema('{"type": "nothing"}', "AVRO")))
result["level"] = registry.get_compatibility()
registry.set_compatibility(subject, "NONE")
result["ownLevel"] = registry.get_compatibility(subject)
result["badLevel"] = refusal(lambda: registry.set_compatibility(subject, "SIDEWARD"))
result["anything"] = registry.register_schema(subject, Schema('"string"', "AVRO")) > evolved
result["deletedVersion"] = registry.delete_version(subject, 1)
result["deleted"] = registry.delete_subject(subject)
result["gone"] = subject not in registry.get_subjects()
result["stillById"] = registry.get_schema(evolved).schema_type
print(json.dumps(result))
