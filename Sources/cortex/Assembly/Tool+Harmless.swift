import JSON
import ToolMatching

extension Tool {
    /// Can be called to see whether the server works: it says that it only reads, or its name does, and it needs no
    /// arguments.
    var isHarmless: Bool {
        if case .array(let required)? = inputSchema["required"], !required.isEmpty { return false }
        if let hint = annotations?["readOnlyHint"]?.boolValue { return hint }
        if annotations?["destructiveHint"]?.boolValue == true { return false }
        let verb = name.prefix { $0.isLetter && $0.isLowercase }
        return ["list", "get", "show", "describe", "status", "count", "ping", "health", "version"].contains(
            String(verb))
    }
}
