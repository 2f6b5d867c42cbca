import Incidents
import Synchronization
import TestSupport
import Testing
import ToolMatching
import ToolServers

@testable import Tasks

@Suite("a task before the cluster has been seen")
struct FirstLookTests {
    private static func house(_ tools: FakeTools, atHand: ToolServer) -> TestHouse {
        tools.state.withLock { $0.atHand = [atHand] }
        return TestHouse(tools)
    }

    @Test("a server that a person named and that fits the query is asked at once")
    func named() async throws {
        let cluster = Gate()
        let tools = FakeTools(onLook: { await cluster.pass() })
        let house = Self.house(tools, atHand: tools.add("sandfly-mcp-server", Tool.sandfly))
        let answer = try await house.ask("list sandfly hosts")
        #expect(answer.status == .completed)
        #expect(tools.calls == ["sandfly-mcp-server/list_hosts {}"])
        cluster.open()
    }

    @Test("where no named server fits, the cluster is waited for")
    func nothingFits() async throws {
        let cluster = Gate()
        let looks = Mutex(0)
        let tools = FakeTools(onLook: {
            looks.withLock { $0 += 1 }
            await cluster.pass()
        })
        tools.add("sandfly-mcp-server", Tool.sandfly)
        let house = Self.house(tools, atHand: tools.add("proxmox-mcp-server", [Tool.listMachines]))
        let task = try house.service.submit(TaskRequest(query: "show sandfly host pve-01")).task
        #expect(await eventually { looks.withLock { $0 } == 1 })
        #expect(task.snapshot.status == .running && tools.calls.isEmpty)
        cluster.open()
        await task.finished()
        #expect(tools.calls == [#"sandfly-mcp-server/get_host {"hostname":"pve-01"}"#])
    }

    @Test("a named server that is down is healed once the cluster has been seen")
    func down() async throws {
        let tools = FakeTools()
        let server = tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused)
        let house = Self.house(tools, atHand: server)
        let answer = try await house.ask("list sandfly hosts")
        #expect(answer.status == .completed)
        #expect(house.healing.healed.map(\.service) == ["sandfly-mcp-server"])
    }
}
