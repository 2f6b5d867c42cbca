"""The same tools as an MCP server of the older protocol (SDK 1.x): a session lives in one pod, so that a request
that reaches another pod, or comes after a restart, finds its session lost."""
from mcp.server.fastmcp import FastMCP
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse

server = FastMCP(
    "sandfly", instructions="Security monitoring of Linux hosts.", host="0.0.0.0", port=3000,
    transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False))

HOSTS = [
    {"id": "h-001", "hostname": "pve-01", "ip": "10.88.140.21", "os": "Debian 12", "status": "active"},
    {"id": "h-002", "hostname": "k3s-master01", "ip": "10.88.145.180", "os": "Ubuntu 24.04", "status": "active"},
]


@server.tool()
def list_hosts() -> list[dict]:
    """List all hosts monitored by Sandfly, with their id, address, operating system and status."""
    return HOSTS


@server.tool()
def get_host(hostname: str) -> dict:
    """Show one Sandfly host by its hostname."""
    for host in HOSTS:
        if host["hostname"] == hostname:
            return host
    raise ValueError(f"no such host: {hostname}")


@server.custom_route("/health", methods=["GET"])
async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "healthy"})


if __name__ == "__main__":
    server.run(transport="streamable-http")
