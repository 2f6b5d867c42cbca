import JSON
import ToolMatching

/// The tools of a server, page by page, with what the server says of their lifetime.
struct ToolList {
    private(set) var tools: [Tool] = []
    /// Milliseconds; nil without a hint. The shortest of all pages counts.
    private(set) var lifetimeHint: Int?
    private(set) var cursor: String?
    /// Tools left out: over the limit, or without a name.
    private(set) var dropped = 0
    private(set) var pages = 0
    private var cursors: Set<String> = []
    private let limits: ToolLimits
    private let server: String

    init(server: String, limits: ToolLimits) {
        self.server = server
        self.limits = limits
    }

    /// - Throws: `protocolError` when the page is no list of tools.
    mutating func add(_ page: JSONValue) throws(ToolFailure) {
        guard let listed = page["tools"]?.arrayValue else {
            throw ToolFailure(kind: .protocolError, message: "\(server) answered tools/list without tools")
        }
        pages += 1
        for entry in listed {
            guard let name = entry["name"]?.stringValue, !name.isEmpty, tools.count < limits.maximumTools,
                !tools.contains(where: { $0.name == name })
            else {
                dropped += 1
                continue
            }
            let schema = entry["inputSchema"] ?? entry["input_schema"] ?? ["type": "object"]
            tools.append(
                Tool(
                    server: server, name: name, title: entry["title"]?.stringValue,
                    description: entry["description"]?.stringValue, inputSchema: schema,
                    annotations: entry["annotations"]))
        }
        if let hint = page["ttlMs"]?.intValue { lifetimeHint = min(lifetimeHint ?? hint, max(0, hint)) }
        // A cursor seen before would lead in a circle.
        let next = page["nextCursor"]?.stringValue
        cursor = next.flatMap { !$0.isEmpty && pages < limits.maximumPages && cursors.insert($0).inserted ? $0 : nil }
    }

    var lifetime: Duration {
        guard let hint = lifetimeHint else { return limits.listLifetime }
        return min(.milliseconds(hint), limits.maximumListLifetime)
    }
}
