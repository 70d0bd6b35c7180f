// Usage: node amqplib-security.js PORT CA CERTIFICATE KEY
// Over TLS by a certificate's name alone with amqplib: what the user may do is done, the rest is refused; prints JSON.
const fs = require('fs');
const amqp = require('amqplib');

async function main(port, authority, certificate, key) {
  const connection = await amqp.connect(`amqps://127.0.0.1:${port}`, {
    ca: [fs.readFileSync(authority)],
    cert: fs.readFileSync(certificate),
    key: fs.readFileSync(key),
    credentials: amqp.credentials.external(),
  });
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('mine', { durable: true });
  channel.sendToQueue('mine', Buffer.from('by certificate'), { persistent: true, userId: 'alice' });
  await channel.waitForConfirms();
  const body = (await channel.get('mine', { noAck: true })).content.toString();
  const refused = await connection.createChannel();
  refused.on('error', () => {});
  let refusal = null;
  try {
    await refused.assertQueue('yours');
  } catch (error) {
    refusal = [error.code, /"([^"]*)"/.exec(error.message)[1]];
  }
  await connection.close();
  console.log(JSON.stringify({ body, refusal }));
}

main(process.argv[2], process.argv[3], process.argv[4], process.argv[5]);
