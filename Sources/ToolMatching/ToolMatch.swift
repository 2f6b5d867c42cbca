public import JSON

/// What a query means for the tools there are.
public enum ToolMatch: Hashable, Sendable {
    /// This tool with these arguments.
    case call(Tool, arguments: JSONValue)
    /// This tool, but the query does not say everything it needs. `arguments` is what was understood.
    case missing(Tool, [MissingArgument], arguments: JSONValue)
    /// No tool does what was asked; these come nearest, best first, and are safe to try.
    case nothingFits(possible: [Tool])
}

/// An argument that a tool requires and the query does not give.
public struct MissingArgument: Hashable, Sendable {
    public var name: String
    public var description: String?
    /// The values it takes, when the server says so.
    public var choices: [String]

    public init(name: String, description: String? = nil, choices: [String] = []) {
        self.name = name
        self.description = description
        self.choices = choices
    }
}

extension ToolMatch {
    /// For a person: what will be called, what is missing, or what is possible.
    public var explanation: String {
        switch self {
        case .call(let tool, _): return "\(tool.name) of \(tool.server)"
        case .missing(let tool, let arguments, _):
            let names = arguments.map { argument in
                let detail = argument.choices.isEmpty ? argument.description : argument.choices.joined(separator: ", ")
                return detail.map { "“\(argument.name)” (\($0.prefix(120)))" } ?? "“\(argument.name)”"
            }
            return "\(tool.name) of \(tool.server) needs \(names.joined(separator: " and ")); say it in the query"
        case .nothingFits(let possible):
            guard !possible.isEmpty else { return "no tool server offers a tool" }
            let lines = possible.prefix(8).map { tool in
                let summary = tool.description.map { text in
                    ": " + (text.split { $0 == "\n" || $0 == "." }.first.map(String.init) ?? "").prefix(100)
                }
                return "\(tool.name) (\(tool.server))\(summary ?? "")"
            }
            return "no tool does that; possible: " + lines.joined(separator: "; ")
        }
    }
}
