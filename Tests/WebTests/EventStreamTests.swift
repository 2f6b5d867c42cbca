import HTTPServer
import Tasks
import TestSupport
import Testing

@testable import Web

@Suite("the stream of a task's events")
struct EventStreamTests {
    @Test("the stream reads as the contract writes it")
    func golden() async throws {
        let house = WebHouse()
        let client = Client()
        try await house.ask("POST", "/api/tasks", #"{"query": "list sandfly hosts"}"#).open(client)
        #expect(await eventually { client.isFinished })
        let complete =
            #"{"type":"processing_complete","id":"task-1","status":"completed","result":"#
            + #"{"arguments":{},"server":"sandfly-mcp-server","text":"pve-01\n\"pve-02\"","tool":"list_hosts"}}"#
        #expect(
            client.text == """
                : events follow as they happen; if they come all at once, a proxy buffers them: switch its buffering off

                id: 1
                data: {"type":"processing_start","query":"list sandfly hosts","id":"task-1"}

                id: 2
                data: {"type":"tool_execution","tool_name":"list_hosts","tool_id":"call-1","status":"executing",\
                "server":"sandfly-mcp-server","input":{}}

                id: 3
                data: {"type":"tool_execution","tool_name":"list_hosts","tool_id":"call-1","status":"completed",\
                "server":"sandfly-mcp-server"}

                id: 4
                data: \(complete)


                """)
    }

    @Test("a client that lost its connection goes on where it was: nothing lost, nothing twice", arguments: 0...4)
    func resumed(_ last: Int) async throws {
        let house = WebHouse()
        try await house.begin("mine").finished()
        for byHeader in [true, false] {
            let response = await house.ask(
                "GET", "/api/tasks/mine/events", query: byHeader ? [] : [("after", "\(last)")],
                headers: byHeader ? [("Last-Event-ID", "\(last)")] : [])
            guard last < 4 else {
                // Nothing is left, and an EventSource must not come again.
                #expect(response.status == 204)
                continue
            }
            let client = Client()
            try response.open(client)
            #expect(client.numbers == Array(last + 1...4))
            #expect(client.isFinished)
        }
    }

    @Test("a place that is no number is refused", arguments: ["x", "-1", "1.5"])
    func badPlace(_ text: String) async throws {
        let house = WebHouse()
        _ = try house.begin("mine")
        #expect(await house.ask("GET", "/api/tasks/mine/events", headers: [("last-event-id", text)]).status == 400)
    }

    @Test("a client that claims more events than there are gets those that follow, and harms nobody")
    func placeBeyondTheEnd() async throws {
        let house = WebHouse(isOpen: false)
        let task = try house.begin("mine")
        let client = Client()
        let place = [("last-event-id", "9223372036854775807")]
        try await house.ask("GET", "/api/tasks/mine/events", headers: place).open(client)
        house.gate.open()
        await task.finished()
        #expect(await house.ask("GET", "/api/tasks/mine/events", headers: place).status == 204)
    }

    @Test("many watchers of one task, come at any time, each see every event once and in order")
    func fanOut() async throws {
        let house = WebHouse(isOpen: false)
        let task = try house.begin("mine")
        let clients = (0..<500).map { _ in Client() }
        let opening = Task {
            for (index, client) in clients.enumerated() {
                try await house.ask("GET", "/api/tasks/mine/events").open(client)
                if index == 250 { house.gate.open() }
            }
        }
        try await opening.value
        await task.finished()
        #expect(await eventually { clients.allSatisfy(\.isFinished) })
        for client in clients { #expect(client.numbers == [1, 2, 3, 4]) }
    }

    @Test("a client that left is forgotten, and its task goes on")
    func clientGone() async throws {
        let house = WebHouse(isOpen: false)
        let task = try house.begin("mine")
        let client = Client()
        let stream = try await house.ask("GET", "/api/tasks/mine/events").open(client)
        #expect(house.streams.count == 1)
        #expect(task.watcherCount == 1)
        client.leave()
        stream.closed()
        #expect(house.streams.count == 0)
        house.tasks.sweep()
        #expect(task.watcherCount == 0)
        house.gate.open()
        await task.finished()
        #expect(task.snapshot.status == .completed)
    }

    @Test("a heartbeat goes to silent streams only, and finds those whose client is gone")
    func heartbeat() async throws {
        let house = WebHouse(isOpen: false)
        let task = try house.begin("mine")
        #expect(await eventually { task.snapshot.eventCount == 2 })
        let client = Client()
        try await house.ask("GET", "/api/tasks/mine/events").open(client)
        house.streams.beat()
        #expect(!client.text.contains("heartbeat"))
        house.streams.beat()
        #expect(client.text.hasSuffix("\n\n: heartbeat\n\n"))
        client.leave()
        house.streams.beat()
        house.tasks.sweep()
        #expect(task.watcherCount == 0)
        house.gate.open()
    }
}
