import FoundationEssentials
import HTTPServer
import Incidents
import JSON
import Tasks

extension APIHandler {
    /// `GET /api/incidents`: `{"incidents": […]}`, the newest first, without findings and steps.
    func list(_ request: ServerRequest) -> ServerResponse {
        var state: IncidentRecord.State?
        if let text = request.queryValue("state"), !text.isEmpty {
            guard let known = IncidentRecord.State(rawValue: text) else {
                let all = IncidentRecord.State.allCases.map(\.rawValue).joined(separator: ", ")
                return .error(400, "“state” must be one of \(all)")
            }
            state = known
        }
        var limit = Self.shown
        if let text = request.queryValue("limit"), !text.isEmpty {
            guard let number = Int(text), number > 0 else { return .error(400, "“limit” must be a number above zero") }
            limit = min(number, Self.shown)
        }
        let namespace = request.queryValue("namespace").flatMap { $0.isEmpty ? nil : $0 }
        let found = incidents.all(state: state, namespace: namespace).prefix(limit).map { record in
            var brief = record
            brief.steps = []
            brief.findings = []
            return brief
        }
        return Self.rendered(IncidentList(incidents: Array(found)))
    }

    /// `GET /api/incidents/{id}`.
    func showIncident(_ id: String) -> ServerResponse {
        guard let record = incidents[id] else {
            return .error(404, "no such incident; the oldest are let go. GET /api/incidents lists those that are kept")
        }
        return Self.rendered(record)
    }

    /// `GET /api/events`: from now on, or after the event that the client has.
    func followAll(_ request: ServerRequest) -> ServerResponse {
        var after = feed.last
        if let text = request.field("last-event-id") ?? request.queryValue("after"), !text.isEmpty {
            guard let number = Int(text), number >= 0 else {
                return .error(400, "Last-Event-ID and “after” must be the number of an event")
            }
            after = number
        }
        return ServerResponse(headers: Self.streamHeaders, body: .stream(streams.stream(of: feed, after: after)))
    }

    private struct IncidentList: Encodable { var incidents: [IncidentRecord] }

    /// Incidents in one answer.
    private static let shown = 500

    private static func rendered(_ value: some Encodable) -> ServerResponse {
        do {
            return .json(Array(try JSONCoding.encode(value)))
        } catch {
            return .error(500, "the answer cannot be written: \(error)")
        }
    }
}
