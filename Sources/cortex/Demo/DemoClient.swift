import FoundationEssentials
import HTTPClient
import JSON

/// What `cortex demo break`, `ask` and `status` say to a running `cortex demo`.
struct DemoClient: Sendable {
    let server: String
    let transport: any HTTPTransport

    init(server: String, transport: any HTTPTransport) {
        var server = server
        while server.hasSuffix("/") { server.removeLast() }
        self.server = server.contains("://") ? server : "http://" + server
        self.transport = transport
    }

    func breaks(
        _ fault: String, at service: String?, given: [String: String]
    ) async throws(ProgramFailure) -> JSONValue {
        var body: JSONValue = ["fault": .string(fault)]
        if !given.isEmpty { body["parameters"] = .object(given.mapValues { .string($0) }) }
        if let service { body["service"] = .string(service) }
        return try await send("POST", "/demo/break", body)
    }

    func status() async throws(ProgramFailure) -> [DemoCluster.Row] {
        let answer = try await send("GET", "/demo/status", nil)
        return (answer["services"]?.arrayValue ?? []).map { row in
            DemoCluster.Row(
                name: row["name"]?.stringValue ?? "", ready: row["ready"]?.intValue ?? 0,
                wanted: row["wanted"]?.intValue ?? 0, isAnswering: row["answering"]?.boolValue ?? false)
        }
    }

    private func send(_ method: String, _ path: String, _ body: JSONValue?) async throws(ProgramFailure) -> JSONValue {
        var request = HTTPRequest(url: server + path)
        request.method = method
        if let body {
            request.headers = [("Content-Type", "application/json")]
            request.body = Data(body.rendered)
        }
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw ProgramFailure(absence("\(error)"))
        }
        let answer: JSONValue
        do {
            answer = try JSONCoding.decode(JSONValue.self, from: response.body)
        } catch {
            throw ProgramFailure("\(server)\(path) answers HTTP \(response.status): is it a cortex demo?")
        }
        guard response.status == 200 else {
            throw ProgramFailure(answer["error"]?.stringValue ?? "\(server)\(path) answers HTTP \(response.status)")
        }
        return answer
    }

    private func absence(_ why: String) -> String {
        "\(server) does not answer (\(why)): start “cortex demo”, or name another with --server"
    }

    /// Asks, and says each event of the answer as it comes.
    /// - Returns: whether the request was answered.
    func ask(_ query: String, say: (String) -> Void) async throws(ProgramFailure) -> Bool {
        var request = HTTPRequest(url: server + "/api/tasks", timeout: .seconds(300))
        request.method = "POST"
        request.headers = [("Content-Type", "application/json")]
        let body: JSONValue = ["query": .string(query), "streaming": true]
        request.body = Data(body.rendered)
        var isAnswered = false
        do {
            let response = try await transport.stream(request)
            var rest: [UInt8] = []
            for try await part in response.body {
                rest += part
                while let end = rest.firstIndex(of: 10) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    rest.removeFirst(end + 1)
                    guard line.hasPrefix("data:") else { continue }
                    let event = try JSONCoding.decode(JSONValue.self, from: Data(line.dropFirst(5).utf8))
                    if let words = Self.words(event) { say(words) }
                    if event["type"] == "processing_complete" { isAnswered = event["status"] == "completed" }
                }
            }
        } catch {
            throw ProgramFailure(absence("\(error)"))
        }
        return isAnswered
    }

    /// One event, for a person; nil for one that says nothing new.
    private static func words(_ event: JSONValue) -> String? {
        func text(_ key: String) -> String { event[key]?.stringValue ?? "" }
        switch event["type"]?.stringValue {
        case "processing_start": return "asked: \(text("query"))"
        case "tool_execution":
            let why = event["error"]?.stringValue.map { ": \($0)" } ?? ""
            return "tool \(text("tool_name")) \(text("status"))\(why)"
        case "healing_start": return "healing \(text("service")): \(text("issue"))"
        case "healing_progress": return "  \(text("message"))"
        case "healing_complete": return "healed: \(text("message"))"
        case "healing_failed": return "not healed: \(text("message")) \(text("recommendation"))"
        case "processing_delay": return text("message")
        case "processing_complete":
            let result = event["result"] ?? .null
            let answer = result.stringValue ?? String(decoding: result.rendered, as: UTF8.self)
            return "answer: \(answer)"
        case "error": return "error: \(text("error"))"
        default: return nil
        }
    }
}
