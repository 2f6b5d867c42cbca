import FoundationEssentials
import HTTPClient
import JSON
import Logging
import Synchronization
import ToolMatching

/// Sends one JSON-RPC request and reads its answer. Nothing is sent twice here, except over another way when it is
/// certain that nothing arrived.
struct MCPClient: Sendable {
    let transport: any HTTPTransport
    let reach: any ServerReaching
    let limits: ToolLimits
    let now: @Sendable () -> ContinuousClock.Instant

    /// Where and how a request is sent.
    struct Channel: Sendable {
        var server: ToolServer
        var url: String
        var dialect: Dialect
        var deadline: ContinuousClock.Instant
    }

    /// - Throws: outages, `unauthorized`, `cancelled`; any other answer is a `Reply`.
    func send(_ request: MCPRequest, on channel: Channel) async throws(ToolFailure) -> Reply {
        let base = request.http(
            url: channel.url, dialect: channel.dialect, limits: limits, timeout: try remaining(channel))
        let (response, way) = try await open(base, channel)
        if request.id == nil { return try await acknowledged(response, channel, way) }
        return try await read(response, request, channel, way)
    }

    private func remaining(_ channel: Channel) throws(ToolFailure) -> Duration {
        let left = now().duration(to: channel.deadline)
        guard left > .zero else {
            throw ToolFailure(kind: .timeout, message: "\(channel.server.name) did not answer in time")
        }
        return left
    }

    private func open(
        _ base: HTTPRequest, _ channel: Channel
    ) async throws(ToolFailure) -> (HTTPAnswer, ServerWay) {
        var attempts = 0
        while true {
            let (request, way) = try await reach.request(for: channel.server, base: base)
            do {
                return (try await transport.answer(request), way)
            } catch {
                attempts += 1
                let hasOther = await reach.failed(error, reaching: channel.server, by: way)
                guard hasOther, !error.mayHaveBeenSent, attempts < 3 else {
                    throw ToolFailure(error, reaching: channel.server)
                }
            }
        }
    }

    private func acknowledged(
        _ response: HTTPAnswer, _ channel: Channel, _ way: ServerWay
    ) async throws(ToolFailure) -> Reply {
        if (200...299).contains(response.status) { return .result(.null, session: nil) }
        let body = try await collect(response, channel)
        return .refused(status: response.status, body: body, location: nil, way: way)
    }

    private func read(
        _ response: HTTPAnswer, _ request: MCPRequest, _ channel: Channel, _ way: ServerWay
    ) async throws(ToolFailure) -> Reply {
        let status = response.status
        guard (200...299).contains(status) else {
            return try await refusal(response, request, channel, way)
        }
        guard status != 202, status != 204 else {
            throw ToolFailure(
                kind: .protocolError, message: "\(channel.server.name) accepted a request and gave no answer")
        }
        let reader = ReplyReader(
            id: request.id ?? 0, status: status, contentType: response.headers["Content-Type"],
            maximumBytes: limits.maximumAnswerBytes, isLenient: channel.dialect == .plain)
        switch response {
        case .whole(let response): return try await read(response, reader, channel)
        case .stream(let response): return try await read(response, reader, channel)
        }
    }

    /// What most servers send: one JSON document, all there.
    private func read(
        _ response: HTTPResponse, _ reader: ReplyReader, _ channel: Channel
    ) async throws(ToolFailure) -> Reply {
        var replies = 0
        for event in try reader.events(in: response.body) {
            if let reply = await handle(event, .whole(response), channel, &replies) { return reply }
        }
        throw ToolFailure(kind: .protocolError, message: "\(channel.server.name) gave no answer to the request")
    }

    private func read(
        _ response: HTTPStreamingResponse, _ reader: ReplyReader, _ channel: Channel
    ) async throws(ToolFailure) -> Reply {
        var reader = reader
        var replies = 0
        do {
            for try await chunk in response.body {
                for event in try reader.feed(chunk) {
                    if let reply = await handle(event, .stream(response), channel, &replies) { return reply }
                }
            }
            if Task.isCancelled { throw ToolFailure(kind: .cancelled, message: "cancelled") }
            for event in try reader.finish() {
                if let reply = await handle(event, .stream(response), channel, &replies) { return reply }
            }
        } catch {
            throw failure(error, channel)
        }
        throw ToolFailure(kind: .protocolError, message: "\(channel.server.name) gave no answer to the request")
    }

    private func handle(
        _ event: ReplyReader.Event, _ response: HTTPAnswer, _ channel: Channel, _ replies: inout Int
    ) async -> Reply? {
        switch event {
        case .answered(.success(let result)): return .result(result, session: response.headers["Mcp-Session-Id"])
        case .answered(.failure(let error)): return .error(error, status: response.status)
        case .asked(let id, let method):
            replies += 1
            if replies <= limits.maximumReplies { await answer(id, method, channel) }
            return nil
        }
    }

    /// 4xx and 5xx: an error in JSON-RPC where there is one.
    private func refusal(
        _ response: HTTPAnswer, _ request: MCPRequest, _ channel: Channel, _ way: ServerWay
    ) async throws(ToolFailure) -> Reply {
        let status = response.status
        let body = try await collect(response, channel)
        let plain = ToolFailure(status: status, body: body, server: channel.server, way: way)
        if [.unauthorized, .forbidden].contains(plain.kind) { throw plain }
        if let value = ReplyReader.decode(body), case .failure(_, let error) = RPCMessage(value, isLenient: true) {
            if [502, 503, 504].contains(status) {
                throw ToolFailure(
                    kind: .serverError, message: "\(channel.server.name): \(error.message) (HTTP \(status))")
            }
            return .error(error, status: status)
        }
        if plain.isOutage, status != 500, status != 501 { throw plain }
        return .refused(status: status, body: body, location: response.headers["Location"], way: way)
    }

    /// The beginning of a body that is only needed for a message.
    private func collect(_ answer: HTTPAnswer, _ channel: Channel) async throws(ToolFailure) -> Data {
        let response: HTTPStreamingResponse
        switch answer {
        case .whole(let response): return response.body
        case .stream(let streaming): response = streaming
        }
        var body = Data()
        do {
            for try await chunk in response.body {
                body.append(chunk.prefix(max(0, Self.maximumRefusalBytes - body.count)))
                if body.count >= Self.maximumRefusalBytes { break }
            }
        } catch {
            throw failure(error, channel)
        }
        if Task.isCancelled { throw ToolFailure(kind: .cancelled, message: "cancelled") }
        return body
    }

    private static let maximumRefusalBytes = 1 << 16

    private func failure(_ error: any Error, _ channel: Channel) -> ToolFailure {
        if let failure = error as? ToolFailure { return failure }
        if let failure = error as? HTTPFailure { return ToolFailure(failure, reaching: channel.server) }
        if error is CancellationError { return ToolFailure(kind: .cancelled, message: "cancelled") }
        return ToolFailure(kind: .connectionReset, message: "\(channel.server.name): \(error)")
    }

    /// A server's question during a call. When the answer does not arrive, the server gives up its question, not ours.
    private func answer(_ id: RPCID, _ method: String, _ channel: Channel) async {
        guard case .session = channel.dialect else { return }
        let base = MCPRequest.reply(
            to: id, method: method, url: channel.url, dialect: channel.dialect, limits: limits)
        guard let addressed = try? await reach.request(for: channel.server, base: base)  // see above
        else { return }
        _ = try? await transport.send(addressed.request)  // see above
    }
}
