"""Servers of the official SDK, whichever version is installed: one for each way that version can serve.

Usage: sdk_servers.py PREFIX
Prints one line of JSON, name -> URL, when all of them listen on loopback; ends with its standard input.
POST /forget on any of them drops its sessions, as a restart would."""
import asyncio
import json
import logging
import socket
import sys

import uvicorn
from starlette.responses import JSONResponse

try:  # 2.x
    from mcp.server.mcpserver import Context, MCPServer

    def make(name, **options):
        server = MCPServer(name)
        return server, lambda: server.streamable_http_app(**options)
except ImportError:  # 1.x
    from mcp.server.fastmcp import Context, FastMCP

    def make(name, **options):
        server = FastMCP(name, **options)
        return server, server.streamable_http_app

logging.disable(logging.CRITICAL)
HOSTS = [{"hostname": "pve-01", "status": "active"}, {"hostname": "nas-01", "status": "unreachable"}]


def build(name, **options):
    server, app_of = make(name, **options)

    @server.tool()
    def list_hosts() -> list[dict]:
        """List all hosts."""
        return HOSTS

    @server.tool()
    def get_host(hostname: str) -> dict:
        """Show one host by its hostname."""
        for host in HOSTS:
            if host["hostname"] == hostname:
                return host
        raise ValueError(f"no such host: {hostname}")

    @server.tool()
    async def slow(context: Context) -> str:
        """Reports its progress while it works."""
        for step in range(3):
            await context.report_progress(step, 3)
            await context.info(f"step {step}")
        return "größe 🙂"

    @server.custom_route("/forget", methods=["POST"])
    async def forget(_):
        getattr(server.session_manager, "_server_instances", {}).clear()
        return JSONResponse({})

    return app_of()


async def main():
    prefix = sys.argv[1]
    apps = {
        f"{prefix}-sessions": build("a"),
        f"{prefix}-sessions-json": build("b", json_response=True),
        f"{prefix}-stateless": build("c", stateless_http=True),
        f"{prefix}-stateless-json": build("d", stateless_http=True, json_response=True),
    }
    urls, servers, tasks = {}, [], []
    for name, app in apps.items():
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        servers.append(server)
        tasks.append(asyncio.create_task(server.serve(sockets=[listener])))
        urls[name] = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    while not all(server.started for server in servers):
        await asyncio.sleep(0.05)
    print(json.dumps(urls), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


asyncio.run(main())
