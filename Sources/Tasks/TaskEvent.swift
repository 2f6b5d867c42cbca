public import JSON

/// What a watcher of a task is told. The names of types and fields are the API's contract and never change.
public enum TaskEvent: Hashable, Sendable {
    public enum ExecutionStatus: String, Hashable, Sendable {
        case executing, completed, failed
    }

    case processingStart(id: String, query: String)
    case toolExecution(
        tool: String, callID: String, server: String, status: ExecutionStatus, input: JSONValue? = nil,
        error: String? = nil)
    case healingStart(service: String, issue: String)
    case healingProgress(service: String, message: String)
    case healingComplete(service: String, message: String)
    case healingFailed(service: String, message: String, recommendation: String)
    case processingDelay(message: String)
    /// The result as JSON bytes.
    case processingComplete(id: String, status: TaskStatus, result: [UInt8])
    case error(String)
}

extension TaskEvent {
    /// One JSON object, its `type` first.
    func write(into json: inout JSONWriter) {
        json.beginObject()
        switch self {
        case .processingStart(let id, let query):
            json.field("type", "processing_start")
            json.field("query", query)
            json.field("id", id)
        case .toolExecution(let tool, let callID, let server, let status, let input, let error):
            json.field("type", "tool_execution")
            json.field("tool_name", tool)
            json.field("tool_id", callID)
            json.field("status", status.rawValue)
            json.field("server", server)
            if let input { json.field("input", input) }
            if let error { json.field("error", error) }
        case .processingDelay(let message):
            json.field("type", "processing_delay")
            json.field("message", message)
        case .processingComplete(let id, let status, let result):
            json.field("type", "processing_complete")
            json.field("id", id)
            json.field("status", status.rawValue)
            json.key("result")
            json.write(rendered: result)
        case .error(let error):
            json.field("type", "error")
            json.field("error", error)
        case .healingStart, .healingProgress, .healingComplete, .healingFailed:
            writeHealing(into: &json)
        }
        json.endObject()
    }

    private func writeHealing(into json: inout JSONWriter) {
        switch self {
        case .healingStart(let service, let issue):
            json.field("type", "healing_start")
            json.field("service", service)
            json.field("issue", issue)
        case .healingProgress(let service, let message):
            json.field("type", "healing_progress")
            json.field("service", service)
            json.field("message", message)
        case .healingComplete(let service, let message):
            json.field("type", "healing_complete")
            json.field("service", service)
            json.field("success", true)
            json.field("message", message)
        case .healingFailed(let service, let message, let recommendation):
            json.field("type", "healing_failed")
            json.field("service", service)
            json.field("message", message)
            json.field("recommendation", recommendation)
        default: preconditionFailure("not an event of a healing")
        }
    }
}
