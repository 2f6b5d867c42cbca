import Configuration
import FoundationEssentials
import HTTPClient
import Incidents
import JSON

/// `cortex incidents`: what Cortex found and did, as a running `cortex serve` tells it.
struct IncidentsCommand {
    private let arguments: ParsedArguments

    init(_ arguments: ParsedArguments) { self.arguments = arguments }

    func run() async -> Int32 {
        let format = arguments.options["--output"] ?? "text"
        guard ["json", "text"].contains(format) else {
            Terminal.error("cortex incidents: --output must be json or text, not “\(format)”")
            return ExitCode.usage
        }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        do {
            if arguments.has("--watch") { return try await follow(transport, isJSON: format == "json") }
            let body = try await get(path, transport)
            Terminal.out(format == "json" ? try Self.pretty(body) : try text(of: body))
            return ExitCode.success
        } catch {
            Terminal.error("cortex incidents: \(error)")
            return ExitCode.failure
        }
    }

    private var server: String {
        var server = arguments.options["--server"] ?? "http://127.0.0.1:8000"
        while server.hasSuffix("/") { server.removeLast() }
        return server.contains("://") ? server : "http://" + server
    }

    private var path: String {
        if let id = arguments.positional.first { return "/api/incidents/\(Self.escaped(id))" }
        let wanted = [("state", "--state"), ("namespace", "--namespace")].compactMap { name, option in
            arguments.options[option].map { "\(name)=\(Self.escaped($0))" }
        }
        return "/api/incidents" + (wanted.isEmpty ? "" : "?" + wanted.joined(separator: "&"))
    }

    private func get(_ path: String, _ transport: CurlTransport) async throws(ProgramFailure) -> Data {
        let response: HTTPResponse
        do {
            response = try await transport.send(HTTPRequest(url: server + path))
        } catch {
            throw ProgramFailure(
                "\(server) does not answer (\(error)): start “cortex serve”, or name another with --server")
        }
        guard response.status == 200 else {
            // What is no JSON says nothing more than its status.
            let body = try? JSONCoding.decode(JSONValue.self, from: response.body)
            throw ProgramFailure(body?["error"]?.stringValue ?? "\(server)\(path) answers HTTP \(response.status)")
        }
        return response.body
    }

    private func text(of body: Data) throws -> String {
        if arguments.positional.isEmpty {
            return IncidentText.table(try JSONCoding.decode(List.self, from: body).incidents)
        }
        return IncidentText.page(try JSONCoding.decode(IncidentRecord.self, from: body))
    }

    private struct List: Decodable { var incidents: [IncidentRecord] }

    // MARK: - Following

    /// Prints what happens from now on; of one incident until it is over.
    private func follow(_ transport: CurlTransport, isJSON: Bool) async throws -> Int32 {
        let id = arguments.positional.first
        // Opened before the state is read, so that nothing falls between the two.
        let stream = try await transport.stream(
            HTTPRequest(
                url: server + "/api/events", headers: [("Accept", "text/event-stream")], timeout: nil,
                idleTimeout: .seconds(60)))
        guard stream.status == 200 else { throw ProgramFailure("\(server)/api/events answers HTTP \(stream.status)") }
        if id != nil {
            let body = try await get(path, transport)
            let record = try JSONCoding.decode(IncidentRecord.self, from: body)
            Terminal.out(isJSON ? String(decoding: body, as: UTF8.self) : IncidentText.page(record))
            if record.state.isOver { return ExitCode.success }
        }
        var pending: [UInt8] = []
        for try await chunk in stream.body {
            pending += chunk
            while let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                guard line.hasPrefix("data: "), tell(String(line.dropFirst(6)), id, isJSON) else { continue }
                return ExitCode.success
            }
        }
        throw ProgramFailure("\(server) closed the stream; it has stopped, or a proxy in between ended it")
    }

    /// - Returns: whether the incident that is followed is over.
    private func tell(_ text: String, _ id: String?, _ isJSON: Bool) -> Bool {
        // A line that is no JSON is none of ours.
        guard let event = try? JSONCoding.decode(JSONValue.self, from: Data(text.utf8)) else { return false }
        let incident = event["incident"]?.stringValue
        if let id, incident != id { return false }
        guard incident != nil || isJSON else { return false }
        Terminal.out(isJSON ? text : IncidentText.line(event))
        let state = event["state"]?.stringValue.flatMap { IncidentRecord.State(rawValue: $0) }
        return id != nil && state?.isOver == true
    }

    // MARK: -

    private static func pretty(_ body: Data) throws -> String {
        let value = try JSONCoding.decode(JSONValue.self, from: body)
        return String(decoding: try JSONCoding.encode(value, pretty: true), as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
