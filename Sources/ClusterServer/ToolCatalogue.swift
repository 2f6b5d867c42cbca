import JSON

/// The tools behind a simulated tool server: lists that can be listed, and looked into by name.
struct ToolCatalogue: Sendable {
    struct Tool: Sendable {
        let name: String
        let text: String
        /// The argument that names one item; nil for a tool that lists all.
        var key: String?
        /// The argument that narrows a list to the items with that value, and the values it may have.
        var filter: (key: String, values: [String])?
        let items: [JSONValue]

        var description: JSONValue {
            var schema: JSONValue = ["type": "object", "properties": [:]]
            if let key {
                schema["properties"] = [key: ["type": "string"]]
                schema["required"] = [.string(key)]
            } else if let filter {
                let values = JSONValue.array(filter.values.map { .string($0) })
                schema["properties"] = [filter.key: ["type": "string", "enum": values]]
            }
            return [
                "name": .string(name), "description": .string(text), "inputSchema": schema,
                "annotations": ["readOnlyHint": true],
            ]
        }

        func answer(_ arguments: JSONValue) -> (value: JSONValue, isError: Bool) {
            guard let key else {
                guard let filter, let wanted = arguments[filter.key] else { return (.array(items), false) }
                return (.array(items.filter { $0[filter.key] == wanted }), false)
            }
            let wanted = arguments[key]
            guard let item = items.first(where: { $0[key] == wanted }) else {
                return (.string("no such \(key): \(wanted?.stringValue ?? "")"), true)
            }
            return (item, false)
        }
    }

    let name: String
    let tools: [Tool]

    /// By a service's name, such as `sandfly-mcp-server`.
    static func of(_ service: String) -> ToolCatalogue {
        let name = service.split(separator: "-").first.map(String.init) ?? service
        switch name {
        case "sandfly":
            return ToolCatalogue(
                name: name,
                tools: pair(name, "hosts", "host", "hostname", "security hosts monitored by Sandfly", hosts)
                    + [
                        Tool(
                            name: "list_alerts", text: "List Sandfly security alerts.",
                            filter: ("severity", ["low", "medium", "high"]),
                            items: [
                                [
                                    "id": 7, "host": "nas-01", "severity": "high",
                                    "title": "Process running from a deleted binary",
                                ],
                                ["id": 9, "host": "pve-01", "severity": "low", "title": "Unusual cron entry"],
                            ])
                    ])
        case "proxmox":
            return ToolCatalogue(
                name: name, tools: pair(name, "vms", "vm", "name", "virtual machines of Proxmox", machines))
        case "unifi":
            return ToolCatalogue(
                name: name, tools: pair(name, "clients", "client", "hostname", "network clients of UniFi", hosts))
        case "cloudflare":
            return ToolCatalogue(
                name: name,
                tools: pair(
                    name, "zones", "zone", "name", "DNS zones at Cloudflare",
                    [["name": "example.com", "status": "active"], ["name": "example.org", "status": "pending"]]))
        default:
            return ToolCatalogue(
                name: name,
                tools: pair(
                    name, "items", "item", "name", "items of \(name)",
                    [["name": .string("\(name)-1"), "status": "ok"]]))
        }
    }

    private static func pair(
        _ server: String, _ many: String, _ one: String, _ key: String, _ what: String, _ items: [JSONValue]
    ) -> [Tool] {
        [
            Tool(name: "list_\(many)", text: "List all \(what).", items: items),
            Tool(name: "get_\(one)", text: "Show one of the \(what) by its \(key).", key: key, items: items),
        ]
    }

    private static let hosts: [JSONValue] = [
        ["id": "h-001", "hostname": "pve-01", "ip": "10.88.140.21", "os": "Debian 12", "status": "active"],
        ["id": "h-002", "hostname": "k3s-master01", "ip": "10.88.145.180", "os": "Ubuntu 24.04", "status": "active"],
        ["id": "h-003", "hostname": "nas-01", "ip": "10.88.140.9", "os": "Debian 12", "status": "unreachable"],
    ]
    private static let machines: [JSONValue] = [
        ["name": "k3s-master01", "status": "running", "node": "pve-01", "cores": 4],
        ["name": "nas-01", "status": "running", "node": "pve-01", "cores": 2],
        ["name": "old-wiki", "status": "stopped", "node": "pve-02", "cores": 1],
    ]
}
