import JSON
import ToolMatching
import ToolServers

/// How the calls of one tool ended without an answer.
enum CallFailure: Error {
    case task(TaskFailure)
    /// The server does not know the tool: the list of tools was old.
    case unknownTool(TaskFailure)

    var failure: TaskFailure {
        switch self {
        case .task(let failure), .unknownTool(let failure): failure
        }
    }
}

extension TaskRun {
    /// Calls the tool; on an outage heals its server and calls again, if that cannot do twice what should be done once.
    mutating func perform(_ choice: ToolChoice) async throws(CallFailure) -> TaskOutcome {
        let (tool, server) = (choice.tool, choice.server)
        while true {
            let failure: ToolFailure
            switch await call(choice) {
            case .success(let answer): return outcome(of: answer, choice)
            case .failure(let reason): failure = reason
            }
            guard failure.isOutage else {
                let refused = TaskFailure(message: "\(server.name) refused “\(tool.name)”: \(failure.message.clipped)")
                throw failure.kind == .unknownTool ? .unknownTool(refused) : .task(refused)
            }
            do {
                try await heal(server, failure)
            } catch {
                throw .task(error)
            }
            guard !failure.mayHaveBeenExecuted || tool.mayBeRepeated else {
                throw .task(
                    TaskFailure(
                        message: """
                            “\(tool.name)” was not called again: \(server.name) answers again, but the first call \
                            (\(failure.message.clipped)) may have been carried out, and the tool does not say that \
                            calling it twice is safe.
                            """,
                        recommendation: "Look whether it was carried out, and send the query again if it was not.",
                        details: ["tool": .string(tool.name), "server": .string(server.name)]))
            }
        }
    }

    private mutating func call(_ choice: ToolChoice) async -> Result<ToolAnswer, ToolFailure> {
        let (tool, server) = (choice.tool, choice.server)
        calls += 1
        let callID = "call-\(calls)"
        func say(_ status: TaskEvent.ExecutionStatus, input: JSONValue? = nil, error: String? = nil) {
            emit(
                .toolExecution(
                    tool: tool.name, callID: callID, server: server.name, status: status, input: input, error: error))
        }
        say(.executing, input: choice.arguments)
        let start = flow.clock.now()
        func observe(_ outcome: ToolCallOutcome) {
            flow.observer.toolCalled(server: server.name, outcome: outcome, duration: flow.clock.now() - start)
        }
        do throws(ToolFailure) {
            let answer = try await patiently("“\(tool.name)” of \(server.name)") { () async throws(ToolFailure) in
                try await flow.tools.call(tool, arguments: choice.arguments, on: server)
            }
            flow.observer.serverSeen(server.name, isUp: true)
            observe(answer.isError ? .toolError : .answered)
            if answer.isError {
                say(.failed, error: answer.text.clipped)
            } else {
                say(.completed)
            }
            return .success(answer)
        } catch {
            flow.observer.serverSeen(server.name, isUp: !error.isOutage)
            observe(error.isOutage ? .outage : .refused)
            say(.failed, error: error.message.clipped)
            return .failure(error)
        }
    }

    /// The answer as the task's result: its text, its structured content, and where it comes from.
    private func outcome(of answer: ToolAnswer, _ choice: ToolChoice) -> TaskOutcome {
        let text = answer.text
        var rest = flow.limits.maximumAnswerBytes
        let shownText = text.clipped(to: rest)
        var isTruncated = shownText != text
        rest -= shownText.utf8.count
        var result: [String: JSONValue] = [
            "text": .string(shownText), "tool": .string(choice.tool.name), "server": .string(choice.server.name),
            "arguments": choice.arguments,
        ]
        func add(_ name: String, _ value: JSONValue) {
            let size = value.rendered.count
            guard size <= rest else { return isTruncated = true }
            rest -= size
            result[name] = value
        }
        if let structured = answer.structuredContent { add("structured_content", structured) }
        let others = answer.content.filter { $0["type"]?.stringValue != "text" }
        if !others.isEmpty { add("content", .array(others)) }
        if isTruncated { result["truncated"] = true }
        if answer.isError { result["is_error"] = true }
        addHealings(to: &result)
        return TaskOutcome(status: answer.isError ? .failed : .completed, result: .object(result))
    }
}

extension ToolAnswer {
    /// The text blocks, a line each.
    var text: String {
        content.compactMap { $0["type"]?.stringValue == "text" ? $0["text"]?.stringValue : nil }
            .joined(separator: "\n")
    }
}
