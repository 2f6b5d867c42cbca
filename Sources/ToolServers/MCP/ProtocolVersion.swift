/// The revisions of the Model Context Protocol that Cortex speaks.
enum ProtocolVersion {
    /// Stateless: every request says its version and who asks, and there is no session.
    static let stateless = "2026-07-28"
    /// Opened by `initialize`; newest first.
    static let sessions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    /// What the first `initialize` offers.
    static let newestSession = "2025-11-25"
    /// From this revision on a session's requests carry `MCP-Protocol-Version`.
    static func namesItself(_ version: String) -> Bool { version >= "2025-06-18" }
}
