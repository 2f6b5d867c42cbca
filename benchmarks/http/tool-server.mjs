// A tool server whose tools answer at once, or when they are told to. Speaks the plain POST of JSON-RPC, and enough of
// MCP for a client that negotiates.
//
//   node tool-server.mjs
//
// Prints the URL it listens on. `answer_now` answers at once; `hold_now` answers after POST /release.
import http from 'node:http';

let waiting = [];
const inputSchema = { type: 'object', properties: {} };
const tools = [
  { name: 'answer_now', description: 'Answer now: gives an answer at once', inputSchema },
  { name: 'hold_now', description: 'Hold now: waits until it is released', inputSchema },
];

function result(method, params) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params?.protocolVersion || '2025-06-18', capabilities: { tools: {} },
        serverInfo: { name: 'bench', version: '1' },
      };
    case 'tools/list': return { tools };
    case 'tools/call': return { content: [{ type: 'text', text: 'ok' }], isError: false };
    case 'ping': return {};
    default: return undefined;
  }
}

const server = http.createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/release') {
    const due = waiting;
    waiting = [];
    due.forEach((send) => send());
    response.end(JSON.stringify({ released: due.length }));
    return;
  }
  if (request.method !== 'POST') {
    response.writeHead(405).end();
    return;
  }
  let body = '';
  request.on('data', (piece) => { body += piece; });
  request.on('end', () => {
    let call;
    try { call = JSON.parse(body); } catch { return response.writeHead(400).end(); }
    if (call.id === undefined) return response.writeHead(202).end();
    const value = result(call.method, call.params);
    const answer = value === undefined
      ? { jsonrpc: '2.0', id: call.id, error: { code: -32601, message: 'Method not found' } }
      : { jsonrpc: '2.0', id: call.id, result: value };
    const text = JSON.stringify(answer);
    const send = () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    };
    if (call.method === 'tools/call' && call.params?.name === 'hold_now') waiting.push(send);
    else send();
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', 4096, () => console.log(`http://127.0.0.1:${server.address().port}`));
