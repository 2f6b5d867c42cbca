import JSON
import Synchronization
import Testing

@testable import Tasks

/// A task service over fakes.
struct TestHouse {
    let tools: FakeTools
    let healing: FakeHealing
    let service: TaskService
    let seen = Observed()

    init(
        _ tools: FakeTools, healing ending: FakeHealing.Ending = .healed, healsForReal: Bool = true,
        isHealingEnabled: Bool = true, clusterTrouble: String? = nil, limits: TaskLimits = TaskLimits(),
        clock: TaskClock = .continuous()
    ) {
        self.tools = tools
        healing = FakeHealing(ending) { if healsForReal { tools.bringUp($0) } }
        let numbers = Mutex(0)
        let flow = TaskFlow(
            tools: tools, healing: healing, isHealingEnabled: isHealingEnabled, observer: seen,
            clusterTrouble: { clusterTrouble }, limits: limits, clock: clock)
        service = TaskService(flow: flow, observer: seen) {
            numbers.withLock { number in
                number += 1
                return "task-\(number)"
            }
        }
    }

    /// Runs one query to its end.
    func ask(_ query: String) async throws -> Answer {
        let task = try service.submit(TaskRequest(query: query)).task
        await task.finished()
        return try Answer(task)
    }
}

/// What a client saw of a finished task.
struct Answer {
    let events: [JSONValue]
    let status: TaskStatus
    let result: JSONValue

    init(_ task: TaskHandle) throws {
        events = try task.events(after: 0).events.map { event in
            let text = String(decoding: event.frame, as: UTF8.self)
            let data = try #require(text.split(separator: "\n").first { $0.hasPrefix("data: ") })
            return try JSONValue(parsing: Array(data.dropFirst(6).utf8))
        }
        status = task.snapshot.status
        result = try JSONValue(parsing: try #require(task.snapshot.result))
    }

    /// `processing_start`, `tool_execution:executing`, ….
    var story: [String] {
        events.map { event in
            let type = event["type"]?.stringValue ?? "?"
            guard type == "tool_execution" || type == "processing_complete" else { return type }
            return "\(type):\(event["status"]?.stringValue ?? "?")"
        }
    }

    func first(_ type: String) -> JSONValue? { events.first { $0["type"]?.stringValue == type } }
}

final class Observed: TaskObserving {
    let lines = Mutex<[String]>([])
    func taskEnded(status: TaskStatus, duration: Duration) { lines.withLock { $0.append("task \(status)") } }
    func toolCalled(server: String, outcome: ToolCallOutcome, duration: Duration) {
        lines.withLock { $0.append("call \(server) \(outcome)") }
    }
    func serverSeen(_ server: String, isUp: Bool) { lines.withLock { $0.append("\(server) \(isUp ? "up" : "down")") } }
}
