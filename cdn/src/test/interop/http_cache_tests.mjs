// Runs the public suite http-cache-tests, unmodified, against a cache.
//
// Prints "port N" once the suite's origin listens, reads the cache's base URL as a line from standard input, and
// prints the outcome of each test as one JSON object: {"ID": {"kind": …, "name": …, "passed": …, "detail": …}}.
// Tests that fail are run again, twice at most, save those whose names are given as arguments.
import http from 'node:http'
import readline from 'node:readline'
import fetch from 'node-fetch'
import handleConfig from 'http-cache-tests/server/handle-config.mjs'
import handleState from 'http-cache-tests/server/handle-state.mjs'
import handleTest from 'http-cache-tests/server/handle-test.mjs'
import * as config from 'http-cache-tests/client/config.mjs'
import { makeCacheTest, testResults } from 'http-cache-tests/client/test.mjs'
import { determineTestResult } from 'http-cache-tests/lib/display.mjs'
import suites from 'http-cache-tests/tests/index.mjs'

// Standard output is for the result alone; the suite's origin logs what it finds odd.
console.log = console.error

const handlers = { config: handleConfig, state: handleState, test: handleTest }
const server = http.createServer((request, response) => {
  const [, kind, ...rest] = new URL(request.url, 'http://origin').pathname.split('/')
  handlers[kind](rest, request, response)
})
// A connection that the origin closes while a POST is on its way would fail a test for no fault of the cache.
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`))

// Requests go out a few at a time, those of tests that have begun before those that begin one: then each is answered
// at once, and what the suite measures in seconds is the cache's doing, however slow the machine.
const MOST = 4
const begun = []
const beginnings = []
let running = 0

function limited (url, init) {
  return new Promise((resolve, reject) => {
    const queue = init?.method === 'PUT' && url.includes('/config/') ? beginnings : begun
    queue.push(() => fetch(url, init).then(resolve, reject).finally(() => { running--; next() }))
    next()
  })
}

function next () {
  while (running < MOST && begun.length + beginnings.length > 0) {
    running++
    const start = begun.shift() ?? beginnings.shift()
    start()
  }
}

function passed (id) {
  const [, , symbol] = determineTestResult(suites, id, testResults)
  return symbol === '✅' || symbol === 'Y'
}

async function run (tests) {
  for (const test of tests) delete testResults[test.id]
  // The suite writes into the tests that it runs.
  await Promise.all(structuredClone(tests).map(makeCacheTest))
}

const expectedToFail = new Set(process.argv.slice(2))
const lines = readline.createInterface({ input: process.stdin })
lines.once('line', async line => {
  config.setFetch(limited)
  config.setBaseUrl(line)
  const tests = suites.flatMap(suite => suite.tests).filter(test => !test.browser_only)
  await run(tests)
  // Where a second has gone by between two lines of the suite, that is no finding.
  for (let again = 0; again < 2; again++) {
    const doubtful = tests.filter(test => !passed(test.id) && !expectedToFail.has(test.id))
    if (doubtful.length > 0) await run(doubtful)
  }
  const outcome = {}
  for (const test of tests) {
    const result = testResults[test.id]
    outcome[test.id] = {
      kind: test.kind || 'required',
      name: test.name,
      passed: passed(test.id),
      detail: result === true ? '' : result.join(': ')
    }
  }
  process.stdout.write(JSON.stringify(outcome) + '\n', () => process.exit(0))
})
