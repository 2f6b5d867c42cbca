import Testing
import ToolMatching

@Suite("Query to server")
struct ServerRankingTests {
    static let unknown = [
        ToolMatcher.ServerCandidate(name: Catalogue.proxmox, tools: Catalogue.proxmoxTools),
        ToolMatcher.ServerCandidate(name: Catalogue.sandfly),
        ToolMatcher.ServerCandidate(name: Catalogue.unifi, tools: Catalogue.unifiTools),
    ]

    @Test(
        "a server is found by its name although it was never seen up",
        arguments: [
            ("list sandfly hosts", Catalogue.sandfly), ("Sandfly alerts, high severity", Catalogue.sandfly),
            ("what does sandfly-mcp-server know", Catalogue.sandfly), ("list proxmox vms", Catalogue.proxmox),
            ("unifi clients", Catalogue.unifi), ("status of vm 101", Catalogue.proxmox),
        ])
    func byName(_ query: String, _ server: String) {
        #expect(ToolMatcher.rankServers(query, servers: Self.unknown).first?.name == server)
    }

    @Test("a server that has nothing to do with the query is left out")
    func unrelated() {
        #expect(ToolMatcher.rankServers("weather in Paris", servers: Self.unknown).isEmpty)
        #expect(ToolMatcher.rankServers("", servers: Self.unknown).isEmpty)
        #expect(ToolMatcher.rankServers("list hosts", servers: []).isEmpty)
        #expect(ToolMatcher.rankServers("the mcp server tool service", servers: Self.unknown).isEmpty)
    }

    @Test("servers of one name in two namespaces keep their positions")
    func sameName() {
        let twins = [ToolMatcher.ServerCandidate(name: "a-mcp-server"), .init(name: "a-mcp-server")]
        #expect(ToolMatcher.rankServers("ask a-mcp-server", servers: twins).map(\.index) == [0, 1])
    }
}
