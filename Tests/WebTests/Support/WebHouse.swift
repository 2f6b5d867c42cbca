import FoundationEssentials
import HTTPServer
import Incidents
import JSON
import Synchronization
import Tasks
import TestSupport
import Testing
import ToolMatching
import ToolServers

@testable import Web

/// The API over one tool server that answers when the test lets it.
struct WebHouse {
    let gate: Gate
    let tools: OneTool
    let tasks: TaskService
    let streams = EventStreams()
    let metrics = Metrics()
    let readiness = Readiness()
    let statistics = ServerStatistics()
    let feed = EventFeed(now: { Date(timeIntervalSince1970: 0) })
    let incidents: IncidentLog
    let handler: APIHandler

    /// - Parameters:
    ///   - isOpen: whether the tool answers at once.
    ///   - incidents: what an earlier run left, once it is loaded.
    init(
        isOpen: Bool = true, origins: [String] = [], limits: TaskLimits = TaskLimits(),
        incidents stored: [IncidentRecord] = []
    ) {
        gate = Gate(isOpen: isOpen)
        incidents = IncidentLog(store: PastIncidents(records: stored), observers: [feed])
        tools = OneTool(gate)
        let numbers = Mutex(0)
        let flow = TaskFlow(
            tools: tools, healing: NoHealing(), isHealingEnabled: true, observer: metrics, limits: limits)
        tasks = TaskService(flow: flow, observer: metrics) {
            numbers.withLock { number in
                number += 1
                return "task-\(number)"
            }
        }
        handler = APIHandler(
            tasks: tasks, streams: streams, incidents: incidents, feed: feed, metrics: metrics, readiness: readiness,
            cors: CORSPolicy(origins: origins),
            facts: ServiceFacts(version: "1.2.3", isHealingEnabled: true, uptime: { .seconds(7) }),
            statistics: statistics)
    }

    func loadIncidents() async { await incidents.load([], now: Date(timeIntervalSince1970: 1_800_000_100)) }

    func ask(
        _ method: String, _ path: String, _ body: String = "", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = []
    ) async -> ServerResponse {
        let request = ServerRequest(
            method: method, path: path, query: query, headers: headers, body: Array(body.utf8))
        switch handler.respond(to: request) {
        case .now(let response): return response
        case .whenKnown(let begin):
            return await withCheckedContinuation { continuation in begin { continuation.resume(returning: $0) } }
        case .later(let response): return await response()
        }
    }

    /// A task that has begun, by its id.
    func begin(_ id: String) throws -> TaskHandle {
        try tasks.submit(TaskRequest(query: "list sandfly hosts", id: id)).task
    }
}

/// A disk with incidents on it.
struct PastIncidents: IncidentStore {
    let records: [IncidentRecord]

    func incidents() async -> [IncidentRecord] { records }
    func save(_ incident: IncidentRecord) async {}
    func forget(incident id: String) async {}
    func intents() async -> [HealingIntent] { [] }
    func save(_ intent: HealingIntent) async {}
    func forget(intent id: String) async {}
}

/// A tool server with one tool.
struct OneTool: ToolCalling {
    let gate: Gate
    let server = ToolServer(name: "sandfly-mcp-server", namespace: "cortex-system", url: "http://sandfly:3000/mcp")
    let tool = Tool(server: "sandfly-mcp-server", name: "list_hosts", description: "List hosts")

    init(_ gate: Gate) { self.gate = gate }

    func servers() async -> [ToolServer] { [server] }
    func serversAtHand() async -> [ToolServer]? { nil }
    func rememberedTools(of server: ToolServer) async -> [Tool]? { [tool] }
    func tools(of server: ToolServer) async throws(ToolFailure) -> [Tool] { [tool] }
    func call(_ tool: Tool, arguments: JSONValue, on server: ToolServer) async throws(ToolFailure) -> ToolAnswer {
        await gate.pass()
        return ToolAnswer(content: [["type": "text", "text": "pve-01\n\"pve-02\""]])
    }
    func probe(_ server: ToolServer) async -> ToolFailure? { nil }
}

struct NoHealing: ServiceHealing {
    func heal(_ outage: Outage) -> AsyncStream<HealingEvent> { AsyncStream { $0.finish() } }
    func advise(_ outage: Outage) async -> String { "nothing" }
}

/// The client's end of a stream.
final class Client: ResponseWriting {
    private struct State {
        var bytes: [UInt8] = []
        var isFinished = false
        var isGone = false
    }
    private let state = Mutex(State())

    func write(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard !state.isGone, !state.isFinished else { return false }
            state.bytes += bytes
            return true
        }
    }

    func finish() { state.withLock { $0.isFinished = true } }
    func leave() { state.withLock { $0.isGone = true } }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// The numbers of the events it got, in order.
    var numbers: [Int] {
        text.split(separator: "\n").compactMap { $0.hasPrefix("id: ") ? Int($0.dropFirst(4)) : nil }
    }
}

extension ServerResponse {
    var text: String {
        if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "a stream" }
    }

    var json: JSONValue? {
        guard case .bytes(let bytes) = body else { return nil }
        return try? JSONValue(parsing: bytes)  // nil fails the test that reads it
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Opens the stream for a client, as the server does.
    @discardableResult func open(_ client: Client) throws -> ResponseStream {
        guard case .stream(let stream) = body else { throw NotAStream(text: text) }
        stream.opened(client)
        return stream
    }

    struct NotAStream: Error {
        var text: String
    }
}
