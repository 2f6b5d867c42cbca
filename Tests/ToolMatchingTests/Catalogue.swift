import JSON
import ToolMatching

/// Four servers as they describe themselves.
enum Catalogue {
    static let sandfly = "sandfly-mcp-server"
    static let proxmox = "proxmox-mcp-server"
    static let unifi = "unifi-network-mcp"
    static let kubernetes = "kubernetes-mcp-server"

    static func schema(_ properties: JSONValue, required: [JSONValue] = []) -> JSONValue {
        ["type": "object", "properties": properties, "required": .array(required)]
    }

    static let all: [Tool] = sandflyTools + proxmoxTools + unifiTools + kubernetesTools

    static let sandflyTools: [Tool] = [
        Tool(
            server: sandfly, name: "list_hosts",
            description: "List all hosts monitored by Sandfly, with their id, address, operating system and status.",
            inputSchema: schema([:])),
        Tool(
            server: sandfly, name: "get_host", description: "Show one Sandfly host by its hostname.",
            inputSchema: schema(["hostname": ["title": "Hostname", "type": "string"]], required: ["hostname"])),
        Tool(
            server: sandfly, name: "list_alerts",
            description: "List Sandfly security alerts, optionally of one severity (low, medium, high).",
            inputSchema: schema(["severity": ["default": "any", "title": "Severity", "type": "string"]])),
        Tool(
            server: sandfly, name: "delete_host", description: "Delete a host from Sandfly.",
            inputSchema: schema(["hostname": ["type": "string"]], required: ["hostname"]),
            annotations: ["destructiveHint": true]),
    ]

    static let proxmoxTools: [Tool] = [
        Tool(
            server: proxmox, name: "list_nodes", description: "List the nodes of the Proxmox cluster.",
            inputSchema: schema([:])),
        Tool(
            server: proxmox, name: "list_vms", description: "List virtual machines, optionally on one node.",
            inputSchema: schema([
                "node": ["type": "string"], "include_stopped": ["type": "boolean", "default": false],
            ])),
        Tool(
            server: proxmox, name: "get_vm_status", description: "Get the current status of a virtual machine.",
            inputSchema: schema(["vmid": ["type": "integer"]], required: ["vmid"])),
        Tool(
            server: proxmox, name: "start_vm", description: "Start a virtual machine.",
            inputSchema: schema(["vmid": ["type": "integer"]], required: ["vmid"])),
        Tool(
            server: proxmox, name: "stop_vm", description: "Stop a virtual machine.",
            inputSchema: schema(["vmid": ["type": "integer"]], required: ["vmid"])),
        Tool(
            server: proxmox, name: "create_snapshot", description: "Create a snapshot of a virtual machine.",
            inputSchema: schema(
                ["vmid": ["type": "integer"], "name": ["type": "string"]], required: ["vmid", "name"])),
    ]

    static let unifiTools: [Tool] = [
        Tool(
            server: unifi, name: "getClients", title: "Clients",
            description: "Clients connected to the UniFi network, wired or wireless.",
            inputSchema: schema([
                "type": ["type": "string", "enum": ["wired", "wireless"]],
                "limit": ["type": "integer", "default": 50],
            ])),
        Tool(
            server: unifi, name: "getDevice", title: "Device", description: "One UniFi device by its MAC address.",
            inputSchema: schema(
                ["mac": ["type": "string", "description": "MAC address of the device"]], required: ["mac"])),
        Tool(
            server: unifi, name: "listEvents", description: "Recent events of the network, newest first.",
            inputSchema: schema([
                "since": ["type": "string", "format": "date-time"], "limit": ["type": "integer"],
            ])),
        Tool(
            server: unifi, name: "blockClient", description: "Block a client from the network.",
            inputSchema: schema(["mac": ["type": "string"]], required: ["mac"])),
    ]

    static let kubernetesTools: [Tool] = [
        Tool(
            server: kubernetes, name: "pods_list", description: "List the pods of a namespace or of all.",
            inputSchema: schema(["namespace": ["type": "string"], "labelSelector": ["type": "string"]])),
        Tool(
            server: kubernetes, name: "pods_get", description: "Get one pod.",
            inputSchema: schema(
                ["name": ["type": "string"], "namespace": ["type": "string"]], required: ["name"])),
        Tool(
            server: kubernetes, name: "pods_log", description: "Get the logs of a pod.",
            inputSchema: schema(
                [
                    "name": ["type": "string", "description": "Name of the pod"],
                    "namespace": ["type": "string"], "tail": ["type": "integer"],
                ], required: ["name"])),
        Tool(
            server: kubernetes, name: "pods_delete", description: "Delete a pod.",
            inputSchema: schema(
                ["name": ["type": "string"], "namespace": ["type": "string"]], required: ["name"])),
        Tool(
            server: kubernetes, name: "search_logs", description: "Search the logs of all pods.",
            inputSchema: schema(["query": ["type": "string"]], required: ["query"])),
    ]
}
