// Node's `ws`: WebSocket clients at any path, POST publishes its body to all of them.
// node node_ws.cjs PORT, with NODE_PATH at a folder that has `ws`.
"use strict";

const { createServer } = require("node:http");
const { WebSocketServer, WebSocket } = require("ws");

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const text = Buffer.concat(parts);
    for (const client of sockets.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(text, { binary: false });
    }
    response.writeHead(201).end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 });
