// Registers schemas of three formats, sends records written with them through topics, reads them back by their ids,
// evolves a schema, and is refused one that does not fit. Arguments: bootstrap servers, address of the registry.
const { Kafka, logLevel } = require('kafkajs')
const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry')

const [bootstrap, host] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'schemas', brokers: [bootstrap], logLevel: logLevel.ERROR })

const order = (...more) => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [{ name: 'id', type: 'long' }, { name: 'item', type: 'string' }, ...more],
})

async function throughTopic(topic, payloads, decode) {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: payloads.map(value => ({ value })) })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: `read-${topic}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const seen = []
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error))
    consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(await decode(message.value))
        if (seen.length === payloads.length) resolve()
      },
    })
  })
  await consumer.disconnect()
  return seen
}

async function main() {
  const writer = new SchemaRegistry({ host })
  const result = {}

  const first = await writer.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(order()) },
    { subject: 'orders-value', compatibility: COMPATIBILITY.BACKWARD }
  )
  const again = await writer.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(order(), null, 2) },
    { subject: 'orders-value', compatibility: COMPATIBILITY.BACKWARD }
  )
  const evolved = await writer.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(order({ name: 'gift', type: 'boolean', default: false })) },
    { subject: 'orders-value', compatibility: COMPATIBILITY.BACKWARD }
  )
  result.sameId = first.id === again.id
  result.nextId = evolved.id > first.id
  try {
    await writer.register(
      { type: SchemaType.AVRO, schema: JSON.stringify(order({ name: 'price', type: 'double' })) },
      { subject: 'orders-value', compatibility: COMPATIBILITY.BACKWARD }
    )
    result.refused = 'not at all'
  } catch (e) {
    result.refused = `${e.status}: ${e.message}`
  }
  result.latest = (await writer.getLatestSchemaId('orders-value')) === evolved.id
  result.lookedUp = (await writer.getRegistryId('orders-value', 1)) === first.id

  // Another client, which knows none of the schemas.
  const reader = new SchemaRegistry({ host })
  result.avro = await throughTopic(
    'orders',
    [
      await writer.encode(first.id, { id: 1, item: 'tea' }),
      await writer.encode(evolved.id, { id: 2, item: 'cup', gift: true }),
    ],
    value => reader.decode(value)
  )

  const json = await writer.register(
    {
      type: SchemaType.JSON,
      schema: JSON.stringify({
        type: 'object',
        properties: { city: { type: 'string' }, degrees: { type: 'number' } },
        required: ['city'],
      }),
    },
    { subject: 'weather-value' }
  )
  result.json = await throughTopic(
    'weather',
    [await writer.encode(json.id, { city: 'Zürich', degrees: 21.5 })],
    value => reader.decode(value)
  )

  const protobuf = await writer.register(
    {
      type: SchemaType.PROTOBUF,
      schema: 'syntax = "proto3"; package shop; message Visit { string page = 1; int32 seconds = 2; }',
    },
    { subject: 'visits-value' }
  )
  result.protobuf = await throughTopic(
    'visits',
    [await writer.encode(protobuf.id, { page: '/', seconds: 12 })],
    async value => (await reader.decode(value)).toJSON()
  )
  console.log(JSON.stringify(result))
}

main().then(
  () => process.exit(0),
  e => {
    console.error(e)
    process.exit(1)
  }
)
