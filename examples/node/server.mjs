import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.statusCode = request.url === '/health' ? 200 : 404;
  response.end(response.statusCode === 200 ? 'ok\n' : 'not found\n');
});
server.listen(Number(process.env['PORT']));

// As process 1 of a container it has no default action for a signal.
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
