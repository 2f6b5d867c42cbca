import Configuration
import FoundationEssentials
import HTTPServer
import JSON
import Simulation

/// Cortex's own API, and beside it what the other `cortex demo` commands ask of the cluster.
struct DemoHandler: HTTPHandler {
    let base: any HTTPHandler
    let cluster: DemoCluster

    func respond(to request: ServerRequest) -> ServerReply {
        switch (request.method, request.path) {
        case ("GET", "/demo/status"): .now(Self.json(200, status))
        case ("POST", "/demo/break"): .now(broken(request))
        case (_, "/demo/status"), (_, "/demo/break"): .now(Self.json(405, ["error": "Method not allowed"]))
        default: base.respond(to: request)
        }
    }

    private var status: JSONValue {
        [
            "services": .array(
                cluster.rows().map { row in
                    [
                        "name": .string(row.name), "ready": .integer(Int64(row.ready)),
                        "wanted": .integer(Int64(row.wanted)), "answering": .bool(row.isAnswering),
                    ]
                })
        ]
    }

    private func broken(_ request: ServerRequest) -> ServerResponse {
        let body: JSONValue
        do {
            body = try JSONCoding.decode(JSONValue.self, from: Data(request.body))
        } catch {
            return Self.json(400, ["error": "the body is no JSON"])
        }
        let word = body["fault"]?.stringValue ?? ""
        guard let fault = FaultName(rawValue: word) else {
            return refusal(FaultName.unknown(word))
        }
        let service = body["service"]?.stringValue ?? Self.standard
        guard cluster.services.contains(service) else {
            let near = Nearest.to(service, among: cluster.services)
            let all = cluster.services.joined(separator: ", ")
            let hint = near.map { "did you mean \($0)?" } ?? "there are \(all)"
            return refusal("there is no service “\(service)”; \(hint)")
        }
        let given = Fault.given(body["parameters"]?.objectValue ?? [:])
        if let why = cluster.inject(fault, at: service, given: given) { return refusal(why) }
        return Self.json(200, ["fault": .string(fault.rawValue), "service": .string(service)])
    }

    /// The service that is broken when none is named.
    static let standard = "sandfly-mcp-server"

    private func refusal(_ words: String) -> ServerResponse { Self.json(400, ["error": .string(words)]) }

    private static func json(_ status: Int, _ value: JSONValue) -> ServerResponse {
        ServerResponse(
            status: status, headers: [("Content-Type", "application/json")], body: .bytes(value.rendered + [10]))
    }
}
