import Diagnosis
import JSON
import ToolMatching
import ToolServers

/// The failures that say what would be possible.
extension TaskRun {
    var noServers: TaskFailure {
        if let trouble = flow.clusterTrouble() {
            return TaskFailure(
                message: "The cluster cannot be looked at: \(trouble.clipped). So no tool server is known yet.",
                recommendation: """
                    See that the API server runs and that Cortex reaches it (cortex doctor says more). Cortex goes on \
                    trying: send the query again then.
                    """)
        }
        return TaskFailure(
            message: "No tool server is known.",
            recommendation: """
                Label a Service with cortex.io/tool-server=true, or name a server's URL in NAME_MCP_URL or in the \
                configuration file.
                """)
    }

    func missingArguments(_ tool: Tool, _ missing: [MissingArgument]) -> TaskFailure {
        TaskFailure(
            message: ToolMatch.missing(tool, missing, arguments: [:]).explanation.clipped,
            details: [
                "tool": .string(tool.name), "server": .string(tool.server),
                "missing": .array(missing.map { .string($0.name) }), "input_schema": tool.inputSchema,
            ])
    }

    func nothingFits(_ possible: [Tool], _ listings: some Sequence<Listing>) -> TaskFailure {
        let failures = listings.compactMap { listing -> ToolFailure? in
            if case .failure(let failure) = listing { failure } else { nil }
        }
        // One that answers, but not as a tool server does, is set up wrongly: waiting or healing changes nothing.
        let wrong = failures.filter { $0.kind == .rejected }.map(\.message).sorted()
        let silent = failures.count - wrong.count
        var message = ToolMatch.nothingFits(possible: possible).explanation
        if silent > 0 { message += "; \(silent) tool server\(silent == 1 ? " does" : "s do") not answer" }
        if !wrong.isEmpty { message += "; " + wrong.prefix(2).joined(separator: "; ") }
        let tools = possible.prefix(flow.limits.maximumSuggestions).map { tool -> JSONValue in
            [
                "name": .string(tool.name), "server": .string(tool.server),
                "description": .string((tool.description ?? tool.title ?? "").clipped(to: 200)),
            ]
        }
        return TaskFailure(message: message.clipped, details: ["tools": .array(tools)])
    }
}

extension String {
    /// What others say, short enough for an event.
    /// Without secrets: what tools and servers say may quote anything.
    var clipped: String { Redaction.secrets(in: clipped(to: 2_000)) }

    func clipped(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + "…"
    }
}
