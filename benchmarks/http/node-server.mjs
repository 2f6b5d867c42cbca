// The server Cortex is measured against: Node's own http module, the same endpoints, the same work.
//
//   node node-server.mjs [TOOL_URL]
//
// Prints the URL it listens on. With TOOL_URL a task calls that tool server, as Cortex does; without, its tool answers
// at once inside the process. A task whose query contains "hold" waits for its tool (see tool-server.mjs), or for
// POST /release.
import http from 'node:http';

const toolURL = process.argv[2] || '';
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const held = new Map(); // id → { events, listeners }
const health = JSON.stringify({ status: 'healthy', service: 'node', timestamp: '' });

function callTool(tool) {
  if (!toolURL) return Promise.resolve('ok');
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: {} } });
  return new Promise((resolve, reject) => {
    const request = http.request(toolURL, {
      method: 'POST', agent,
      headers: {
        'Content-Type': 'application/json', 'Accept': 'application/json, text/event-stream',
        'Content-Length': Buffer.byteLength(body),
      },
    }, (response) => {
      let text = '';
      response.on('data', (piece) => { text += piece; });
      response.on('end', () => {
        try { resolve(JSON.parse(text).result.content[0].text); } catch (error) { reject(error); }
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function emit(task, event) {
  const line = `id: ${task.events.length + 1}\ndata: ${JSON.stringify(event)}\n\n`;
  task.events.push(line);
  for (const listener of task.listeners) listener.write(line);
}

async function run(task, query, id, whenDone) {
  const tool = query.includes('hold') ? 'hold_now' : 'answer_now';
  emit(task, { type: 'processing_start', query });
  emit(task, { type: 'tool_execution', tool_name: tool, tool_id: `${id}-1`, status: 'executing', input: {} });
  let result = 'ok';
  let status = 'completed';
  try {
    result = tool === 'hold_now' && !toolURL ? await new Promise((resolve) => { task.release = resolve; })
      : await callTool(tool);
  } catch (error) {
    status = 'failed';
    result = String(error);
  }
  emit(task, { type: 'tool_execution', tool_name: tool, tool_id: `${id}-1`, status });
  emit(task, { type: 'processing_complete', id, status, result });
  task.isOver = true;
  for (const listener of task.listeners) listener.end();
  whenDone({ id, status, result });
}

const streamHead = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' };

function follow(task, request, response) {
  response.writeHead(200, streamHead);
  for (const line of task.events) response.write(line);
  if (task.isOver) return response.end();
  task.listeners.add(response);
  response.on('close', () => task.listeners.delete(response));
}

function startTask(request, response) {
  let body = '';
  request.on('data', (piece) => {
    body += piece;
    if (body.length > 1 << 20) request.destroy();
  });
  request.on('end', () => {
    let asked;
    try { asked = JSON.parse(body); } catch { asked = {}; }
    if (typeof asked.query !== 'string') return answer(response, 400, { error: 'No query provided' });
    const id = asked.id || `task-${Math.random().toString(36).slice(2)}`;
    const task = { events: [], listeners: new Set(), isOver: false };
    held.set(id, task);
    const forget = () => { if (!asked.query.includes('hold')) held.delete(id); };
    if (asked.streaming === false) {
      run(task, asked.query, id, (result) => { forget(); answer(response, 200, result); });
    } else {
      follow(task, request, response);
      run(task, asked.query, id, forget);
    }
  });
}

function answer(response, status, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  if (request.method === 'GET' && path === '/health') return answer(response, 200, health);
  if (request.method === 'POST' && path === '/api/tasks') return startTask(request, response);
  if (request.method === 'POST' && path === '/release') {
    for (const task of held.values()) task.release?.('ok');
    return answer(response, 200, {});
  }
  const events = /^\/api\/tasks\/([^/]+)\/events$/.exec(path);
  const task = events && held.get(events[1]);
  if (task) return follow(task, request, response);
  answer(response, 404, { error: 'Not found' });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', 4096, () => console.log(`http://127.0.0.1:${server.address().port}`));
