// Usage: node kafkajs-roundtrip.js BOOTSTRAP TOPIC COUNT
// Makes the topic, produces COUNT records with keys and headers, reads them back in a group, prints what it saw.
const { Kafka, logLevel, CompressionTypes } = require("kafkajs");

async function main([bootstrap, topic, countText]) {
  const count = Number(countText);
  const kafka = new Kafka({ clientId: "interop", brokers: [bootstrap], logLevel: logLevel.ERROR });

  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });

  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = [];
  for (let i = 0; i < count; i++) {
    messages.push({ key: `k${i % 7}`, value: `v${i}`, headers: { n: String(i) } });
  }
  await producer.send({ topic, acks: -1, messages, compression: CompressionTypes.GZIP });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: `${topic}-group` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const seen = new Set();
  let headersRight = true;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer
      .run({
        eachMessage: async ({ message }) => {
          const value = message.value.toString();
          headersRight = headersRight && `v${message.headers.n}` === value;
          seen.add(value);
          if (seen.size === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect(); // commits what was read

  const offsets = await admin.fetchOffsets({ groupId: `${topic}-group`, topics: [topic] });
  const committed = offsets[0].partitions.reduce((sum, p) => sum + Math.max(0, Number(p.offset)), 0);
  await admin.disconnect();
  console.log(JSON.stringify({ seen: seen.size, headersRight, committed }));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
