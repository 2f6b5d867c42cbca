import Diagnosis
import Incidents
import JSON
import Synchronization
import TestSupport
import Testing
import ToolMatching
import ToolServers

@testable import Tasks

@Suite("the way of a task")
struct TaskFlowTests {
    @Test("a query whose server is up is answered by one call")
    func answered() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        let house = TestHouse(tools)
        let answer = try await house.ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "tool_execution:executing", "tool_execution:completed",
                "processing_complete:completed",
            ])
        #expect(answer.result["text"] == "pve-01")
        #expect(answer.result["tool"] == "list_hosts")
        #expect(answer.result["server"] == "sandfly-mcp-server")
        #expect(answer.result["healings"] == nil)
        #expect(house.healing.healed.isEmpty)
        #expect(house.seen.lines.withLock { $0.suffix(2) } == ["call sandfly-mcp-server answered", "task completed"])
    }

    @Test("a call that meets an outage heals the server and is made again")
    func healed() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused, remembered: true)
        let house = TestHouse(tools)
        let answer = try await house.ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "tool_execution:executing", "tool_execution:failed", "healing_start",
                "healing_progress", "healing_complete", "tool_execution:executing", "tool_execution:completed",
                "processing_complete:completed",
            ])
        #expect(answer.first("healing_complete")?["success"] == true)
        #expect(answer.result["healings"]?[0]?["message"] == "Scaled to 2")
        #expect(house.healing.healed.map(\.answer.kind) == [.connectionRefused])
        let callIDs = Set(answer.events.compactMap { $0["tool_id"]?.stringValue })
        #expect(callIDs == ["call-1", "call-2"])
    }

    @Test("a server that was never seen up is found by its name, healed, and then asked for its tools")
    func foundByName() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .nameNotFound)
        tools.add("proxmox-mcp-server", [.listMachines])
        let house = TestHouse(tools)
        let answer = try await house.ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "healing_start", "healing_progress", "healing_complete",
                "tool_execution:executing", "tool_execution:completed", "processing_complete:completed",
            ])
        #expect(tools.calls == ["sandfly-mcp-server/list_hosts {}"])
    }

    @Test("a server that is down and has nothing to do with the query is left alone", arguments: [false, true])
    func irrelevant(hangs: Bool) async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        tools.add("proxmox-mcp-server", [.listMachines], down: .connectionRefused, hangs: hangs)
        var limits = TaskLimits()
        limits.listing = .milliseconds(50)
        let house = TestHouse(tools, limits: limits)
        for query in ["list sandfly hosts", "list hosts"] {
            #expect(try await house.ask(query).status == .completed)
        }
        #expect(house.healing.healed.isEmpty)
    }

    @Test("a healing that fails ends the task with its recommendation")
    func notHealed() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused, remembered: true)
        let answer = try await TestHouse(tools, healing: .failed).ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "tool_execution:executing", "tool_execution:failed", "healing_start",
                "healing_progress", "healing_failed", "error", "processing_complete:failed",
            ])
        #expect(answer.first("healing_failed")?["recommendation"] == "push the image")
        #expect(answer.result["recommendation"] == "push the image")
        #expect(tools.calls.count == 1)
    }

    @Test("a healing that ends without a word fails the task")
    func silentHealing() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused)
        let answer = try await TestHouse(tools, healing: .silent).ask("list sandfly hosts")
        #expect(answer.story.suffix(2) == ["error", "processing_complete:failed"])
    }

    @Test("with healing switched off the error comes at once, with what would have been done")
    func healingOff() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused, remembered: true)
        let house = TestHouse(tools, isHealingEnabled: false)
        let answer = try await house.ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "tool_execution:executing", "tool_execution:failed", "healing_failed", "error",
                "processing_complete:failed",
            ])
        #expect(
            answer.first("healing_failed")?["recommendation"] == "Cortex would scale sandfly-mcp-server to 2.")
        #expect(house.healing.healed.isEmpty)
    }

    @Test("a service that fails after each healing is given up after two")
    func twice() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly, down: .connectionRefused, remembered: true)
        let house = TestHouse(tools, healsForReal: false)
        let answer = try await house.ask("list sandfly hosts")
        #expect(answer.status == .failed)
        #expect(house.healing.healed.count == 2)
        #expect(tools.calls.count == 3)
        #expect(answer.result["error"]?.stringValue?.contains("failed again after 2 healings") == true)
    }

    @Test("a tool's own error is the user's answer and heals nothing")
    func toolError() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        tools.state.withLock {
            $0.answer = ToolAnswer(content: [["type": "text", "text": "no licence"]], isError: true)
        }
        let house = TestHouse(tools)
        let answer = try await house.ask("list sandfly hosts")
        #expect(
            answer.story == [
                "processing_start", "tool_execution:executing", "tool_execution:failed", "processing_complete:failed",
            ])
        #expect(answer.result["text"] == "no licence")
        #expect(answer.result["is_error"] == true)
        #expect(house.healing.healed.isEmpty)
    }

    @Test(
        "a refusal of the server, or an error of its own, is no outage",
        arguments: [ToolFailure.Kind.unauthorized, .rejected, .internalError])
    func refused(_ kind: ToolFailure.Kind) async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        tools.failNext(kind)
        let house = TestHouse(tools)
        let answer = try await house.ask("list sandfly hosts")
        #expect(answer.story.suffix(3) == ["tool_execution:failed", "error", "processing_complete:failed"])
        #expect(house.healing.healed.isEmpty)
    }

    @Test(
        "after a healing a call that may have been carried out is repeated only where that is harmless",
        arguments: [
            ("list sandfly hosts", ToolFailure.Kind.timeout, true),
            ("delete sandfly host \"pve-01\"", .timeout, false),
            ("delete sandfly host \"pve-01\"", .connectionReset, false),
            ("delete sandfly host \"pve-01\"", .connectionRefused, true),
        ])
    func repeated(_ query: String, _ kind: ToolFailure.Kind, _ isRepeated: Bool) async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        tools.failNext(kind)
        let house = TestHouse(tools)
        let answer = try await house.ask(query)
        #expect(house.healing.healed.count == 1)
        #expect(tools.calls.count == (isRepeated ? 2 : 1))
        #expect(answer.status == (isRepeated ? .completed : .failed))
        if !isRepeated { #expect(answer.result["error"]?.stringValue?.contains("was not called again") == true) }
    }

    @Test("a missing argument is named")
    func missing() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", [.getHost, .listAlerts])
        let answer = try await TestHouse(tools).ask("get sandfly host")
        #expect(answer.result["missing"] == ["hostname"])
        #expect(answer.story == ["processing_start", "error", "processing_complete:failed"])
    }

    @Test("when no tool fits, what is possible is said")
    func nothingFits() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        let answer = try await TestHouse(tools).ask("order a pizza")
        #expect(answer.status == .failed)
        #expect(answer.result["tools"]?.arrayValue?.contains { $0["name"] == "list_hosts" } == true)
    }

    @Test("a server that answers, but not as a tool server does, is named with what is wrong")
    func wrongServer() async throws {
        let tools = FakeTools()
        tools.add("web-mcp-server", [], down: .rejected)
        let error = try await TestHouse(tools).ask("list sandfly hosts").result["error"]?.stringValue
        #expect(error?.contains("web-mcp-server: rejected") == true, "\(error ?? "")")
        #expect(error?.contains("not answer") == false)
    }

    @Test("without any tool server the way to name one is said")
    func noServers() async throws {
        let answer = try await TestHouse(FakeTools()).ask("list hosts")
        #expect(answer.result["recommendation"]?.stringValue?.contains("NAME_MCP_URL") == true)
    }

    @Test("when no tool server is known because the cluster cannot be reached, that is what is said")
    func noCluster() async throws {
        let house = TestHouse(FakeTools(), clusterTrouble: "the API server cannot be reached: connection refused")
        let answer = try await house.ask("list hosts")
        let error = try #require(answer.result["error"]?.stringValue)
        #expect(error.contains("the API server cannot be reached: connection refused"))
        #expect(error.contains("no tool server is known yet"))
        #expect(answer.result["recommendation"]?.stringValue?.contains("Label a Service") == false)
    }

    @Test(
        "a call that takes long is reported as a delay",
        arguments: [nil, "the API server gives no answer"] as [String?])
    func delay(trouble: String?) async throws {
        let gate = Gate()
        let tools = FakeTools(onCall: { await gate.pass() })
        tools.add("sandfly-mcp-server", Tool.sandfly)
        var limits = TaskLimits()
        limits.delayNotice = .milliseconds(1)
        let house = TestHouse(tools, clusterTrouble: trouble, limits: limits)
        let task = try house.service.submit(TaskRequest(query: "list sandfly hosts")).task
        // The start, the call, and then a delay while the tool does not answer.
        #expect(await eventually { task.snapshot.eventCount > 2 })
        gate.open()
        await task.finished()
        let said = try #require(try Answer(task).first("processing_delay")?["message"]?.stringValue)
        #expect(said.contains("still waiting for “list_hosts” of sandfly-mcp-server"))
        #expect(said.contains("the cluster cannot be looked at: the API server gives no answer") == (trouble != nil))
    }

    @Test("an answer longer than its bound is cut, and says so")
    func truncated() async throws {
        let tools = FakeTools()
        tools.add("sandfly-mcp-server", Tool.sandfly)
        let long = String(repeating: "ä", count: 1000)
        tools.state.withLock {
            $0.answer = ToolAnswer(content: [["type": "text", "text": .string(long)]], structuredContent: ["a": 1])
        }
        var limits = TaskLimits()
        limits.maximumAnswerBytes = 101
        let answer = try await TestHouse(tools, limits: limits).ask("list sandfly hosts")
        #expect(answer.result["truncated"] == true)
        #expect(answer.result["text"]?.stringValue?.utf8.count == 103)
        #expect(answer.result["structured_content"] == nil)
    }
}
