// Usage: node amqplib-roundtrip.js PORT COUNT
// A work queue with confirms, a headers exchange, an RPC by direct reply-to and an error, with amqplib; prints JSON.
const amqp = require('amqplib');

async function main(port, count) {
  const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('jobs', { durable: true });
  for (let i = 0; i < count; i++) {
    channel.sendToQueue('jobs', Buffer.from(`job ${i}`), { persistent: true, headers: { lang: 'js' } });
  }
  await channel.waitForConfirms();

  const seen = [];
  await channel.prefetch(5);
  await new Promise((resolve) =>
    channel.consume('jobs', (message) => {
      seen.push(message.content.toString());
      channel.ack(message);
      if (seen.length === count) resolve();
    }));

  await channel.assertExchange('facts', 'headers', { durable: false });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'facts', '', { 'x-match': 'any', colour: 'red', size: 3 });
  channel.publish('facts', '', Buffer.from('red'), { headers: { colour: 'red' } });
  channel.publish('facts', '', Buffer.from('blue'), { headers: { colour: 'blue' } });
  await channel.waitForConfirms();
  const routed = (await channel.get(queue, { noAck: true })).content.toString();
  const rest = await channel.get(queue, { noAck: true });

  await channel.assertQueue('rpc', { autoDelete: true });
  await channel.consume('rpc', (request) => {
    channel.sendToQueue(request.properties.replyTo, Buffer.from(`${request.content}!`), {
      correlationId: request.properties.correlationId,
    });
    channel.ack(request);
  });
  const answer = await new Promise((resolve) => {
    channel
      .consume('amq.rabbitmq.reply-to', (reply) => resolve(reply.content.toString()), { noAck: true })
      .then(() =>
        channel.sendToQueue('rpc', Buffer.from('hello'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '1' }));
  });

  const other = await connection.createChannel();
  other.on('error', () => {});
  const code = await other.checkQueue('missing').then(() => 0, (error) => error.code);
  await connection.close();
  console.log(
    JSON.stringify({
      inOrder: seen.every((text, i) => text === `job ${i}`) && seen.length === count,
      routed,
      rest: rest === false,
      answer,
      code,
    }));
}

main(Number(process.argv[2]), Number(process.argv[3])).catch((error) => {
  console.error(error);
  process.exit(1);
});
