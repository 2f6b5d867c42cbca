import HTTPServer
import JSON
import Tasks

extension APIHandler {
    /// `POST /api/tasks`. The task runs whether or not its client stays.
    func submit(_ request: ServerRequest) -> ServerReply {
        if let origin = request.field("origin"), !mayWrite(origin, request) {
            let message = "pages of \(origin.prefix(200)) may not send tasks; add it to cors.origins to allow it"
            return .now(.error(403, message))
        }
        let body: TaskBody
        do {
            body = try TaskBody(request.body)
        } catch {
            return .now(.error(400, error.message))
        }
        let task: TaskHandle
        do {
            task = try tasks.submit(body.request).task
        } catch {
            return .now(Self.response(to: error))
        }
        guard body.isStreaming else {
            return .whenKnown { answer in
                task.whenFinished { answer(Self.state(of: task, withEvents: false)) }
            }
        }
        return .now(stream(of: task, after: 0))
    }

    /// `GET /api/tasks/{id}`.
    func show(_ id: String) -> ServerResponse {
        guard let task = tasks.task(id) else { return Self.unknownTask }
        return Self.state(of: task, withEvents: true)
    }

    /// `GET /api/tasks/{id}/events`: from the beginning, or after the event that the client has. A client that has
    /// them all is answered with 204, which keeps an `EventSource` from connecting again and again.
    func follow(_ id: String, _ request: ServerRequest) -> ServerResponse {
        guard let task = tasks.task(id) else { return Self.unknownTask }
        var after = 0
        if let text = request.field("last-event-id") ?? request.queryValue("after"), !text.isEmpty {
            guard let number = Int(text), number >= 0 else {
                return .error(400, "Last-Event-ID and “after” must be the number of an event")
            }
            after = number
        }
        let snapshot = task.snapshot
        if snapshot.status != .running, after >= snapshot.eventCount { return ServerResponse(status: 204) }
        return stream(of: task, after: after)
    }

    /// Whether a page of this origin may begin tasks: one that is allowed, or one that this server itself served. A
    /// browser sends a plain POST to any address without asking, so reading rights alone would not protect.
    private func mayWrite(_ origin: String, _ request: ServerRequest) -> Bool {
        if cors.allows(origin) { return true }
        guard let host = request.field("host")?.lowercased() else { return false }
        return ["http://\(host)", "https://\(host)"].contains(origin.lowercased())
    }

    private func stream(of task: TaskHandle, after: Int) -> ServerResponse {
        ServerResponse(headers: Self.streamHeaders, body: .stream(streams.stream(of: task, after: after)))
    }

    private static func state(of task: TaskHandle, withEvents: Bool) -> ServerResponse {
        let snapshot = task.snapshot
        var json = JSONWriter(reserving: 128 + (snapshot.result?.count ?? 0))
        json.beginObject()
        json.field("id", task.id)
        json.field("status", snapshot.status.rawValue)
        json.key("result")
        if let result = snapshot.result { json.write(rendered: result) } else { json.write(.null) }
        if withEvents {
            json.field("query", task.query)
            json.field("events", snapshot.eventCount)
        }
        json.endObject()
        return .json(json.bytes)
    }

    private static func response(to refusal: TaskRefusal) -> ServerResponse {
        switch refusal {
        case .emptyQuery, .invalidID: .error(400, refusal.description)
        case .queryTooLong: .error(413, refusal.description)
        case .idTaken: .error(409, refusal.description)
        case .busy, .stopping: .error(503, refusal.description, headers: [("Retry-After", "5")])
        }
    }

    private static let unknownTask = ServerResponse.error(
        404, "no such task; finished tasks are kept for some minutes and not across a restart: send the query again")

    static let streamHeaders: [(name: String, value: String)] = [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"), ("X-Accel-Buffering", "no"),
    ]
}
