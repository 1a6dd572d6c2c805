// A small HTTP server. usage: node server.mjs PORT
import { createServer } from 'node:http';
import { availableParallelism, release, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

const pages = {
  '/health': () => 'ok\n',
  '/index.html': () => '<!doctype html>\n<title>Node.js under Tare</title>\n<p>A page of Node.js.</p>\n',
  '/facts': facts,
};

const server = createServer((request, response) => {
  const page = pages[request.url];
  response.statusCode = page ? 200 : 404;
  response.end(page ? page() : 'not found\n');
});
server.listen(Number(process.argv[2]), '0.0.0.0', () => console.log('listening'));

process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});

/** What this program sees of the box around it. */
function facts() {
  const seen = {
    nodeVersion: process.version,
    kernel: release(),
    availableProcessors: availableParallelism(),
    memTotalBytes: totalmem(),
    heapLimitBytes: getHeapStatistics().heap_size_limit,
  };
  return Object.entries(seen)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
