import Diagnosis
import Incidents
import JSON
import ToolMatching
import ToolServers

/// One task under way: what it has tried so far.
struct TaskRun {
    /// One healing this task asked for or joined.
    struct Healing {
        var service: String
        var success: Bool
        var message: String
    }

    let flow: TaskFlow
    let id: String
    let query: String
    let emit: @Sendable (TaskEvent) -> Void
    var healings: [Healing] = []
    var calls = 0

    /// Chooses a tool and calls it. A tool that its server no longer knows is chosen anew, once.
    mutating func answer() async throws(TaskFailure) -> TaskOutcome {
        let choice = try await choose()
        do {
            return try await perform(choice)
        } catch {
            guard case .unknownTool = error else { throw error.failure }
        }
        let again = try await choose()
        do {
            return try await perform(again)
        } catch {
            throw error.failure
        }
    }

    func outcome(of failure: TaskFailure) -> TaskOutcome {
        var result: [String: JSONValue] = failure.details
        result["error"] = .string(failure.message)
        if let recommendation = failure.recommendation { result["recommendation"] = .string(recommendation) }
        addHealings(to: &result)
        return TaskOutcome(status: .failed, result: .object(result), error: failure.message)
    }

    func addHealings(to result: inout [String: JSONValue]) {
        guard !healings.isEmpty else { return }
        result["healings"] = .array(
            healings.map {
                ["service": .string($0.service), "success": .bool($0.success), "message": .string($0.message)]
            })
    }

    /// Does something that may take long, and says so when it does.
    func patiently<Value: Sendable>(
        _ what: @autoclosure @escaping @Sendable () -> String,
        _ work: () async throws(ToolFailure) -> Value
    ) async throws(ToolFailure) -> Value {
        let (trouble, emit) = (flow.clusterTrouble, emit)
        let reminder = flow.reminders.begin { waited in
            let why = trouble().map { "; the cluster cannot be looked at: \($0.clipped)" } ?? ""
            emit(.processingDelay(message: "still waiting for \(what()) after \(waited.components.seconds) s\(why)"))
        }
        defer { flow.reminders.end(reminder) }
        return try await work()
    }
}
