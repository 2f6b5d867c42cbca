import JSON
import Testing
import ToolMatching

@testable import Tasks

@Suite("tools that may be called twice")
struct ToolRepeatingTests {
    @Test(
        "a reading verb may be repeated, anything else may not",
        arguments: [
            ("list_hosts", true), ("getHost", true), ("search-logs", true), ("sandfly_list_hosts", true),
            ("status", true), ("delete_host", false), ("hosts_list", false), ("listen", false), ("", false),
        ])
    func verbs(_ name: String, _ mayBeRepeated: Bool) {
        #expect(Tool(server: "sandfly-mcp-server", name: name).mayBeRepeated == mayBeRepeated)
    }

    @Test(
        "the server's hints come before the name",
        arguments: [
            ("delete_host", "idempotentHint", true, true), ("scan_host", "readOnlyHint", true, true),
            ("get_and_reset", "readOnlyHint", false, false), ("list_hosts", "openWorldHint", true, true),
        ])
    func hints(_ name: String, _ hint: String, _ value: Bool, _ mayBeRepeated: Bool) {
        #expect(
            Tool(server: "s", name: name, annotations: .object([hint: .bool(value)])).mayBeRepeated == mayBeRepeated)
    }
}
