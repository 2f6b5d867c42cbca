public import HTTPServer
public import Incidents
import JSON
public import Tasks

/// The HTTP API: tasks and incidents with their events, health, metrics.
///
/// A task that was begun is answered with 200 also when it fails: its `status` says so. 4xx is for a request that did
/// not become a task, 503 for one that may do so later.
public struct APIHandler: HTTPHandler {
    let tasks: TaskService
    let streams: EventStreams
    let incidents: IncidentLog
    let feed: EventFeed
    let metrics: Metrics
    let readiness: Readiness
    let cors: CORSPolicy
    let facts: ServiceFacts
    let statistics: ServerStatistics

    public init(
        tasks: TaskService, streams: EventStreams, incidents: IncidentLog, feed: EventFeed, metrics: Metrics,
        readiness: Readiness, cors: CORSPolicy, facts: ServiceFacts, statistics: ServerStatistics
    ) {
        self.tasks = tasks
        self.streams = streams
        self.incidents = incidents
        self.feed = feed
        self.metrics = metrics
        self.readiness = readiness
        self.cors = cors
        self.facts = facts
        self.statistics = statistics
    }

    public func respond(to request: ServerRequest) -> ServerReply {
        // What probes and load balancers ask for all the time goes the short way.
        if cors.isOff, request.path == "/health", request.method == "GET" { return .now(health) }
        let shared = cors.isOff ? [] : cors.headers(for: request.field("origin"))
        guard let route = Route(path: request.path) else {
            let message = "there is nothing at \(request.path.prefix(200)); GET / lists what there is"
            return .now(.error(404, message, headers: shared))
        }
        if request.method == "OPTIONS" { return .now(preflight(route, request)) }
        guard route.allows(request.method) else {
            let message = "\(request.path.prefix(200)) does not take \(request.method); it takes \(route.methods)"
            return .now(.error(405, message, headers: [("Allow", route.methods)] + shared))
        }
        switch answer(route, request) {
        case .now(let response): return .now(response.adding(shared))
        case .whenKnown(let begin):
            return shared.isEmpty ? .whenKnown(begin) : .whenKnown { answer in begin { answer($0.adding(shared)) } }
        case .later(let later): return shared.isEmpty ? .later(later) : .later { await later().adding(shared) }
        }
    }

    private func answer(_ route: Route, _ request: ServerRequest) -> ServerReply {
        switch route {
        case .health: .now(health)
        case .tasks: submit(request)
        case .task(let id): .now(show(id))
        case .events(let id): .now(follow(id, request))
        case .incidents: .now(list(request))
        case .incident(let id): .now(showIncident(id))
        case .allEvents: .now(followAll(request))
        case .metrics: .now(metricsText)
        case .livez: .now(.text("ok\n"))
        case .readyz: .now(ready)
        case .index: .now(index)
        }
    }

    private func preflight(_ route: Route, _ request: ServerRequest) -> ServerResponse {
        ServerResponse(
            status: 204,
            headers: [("Allow", route.methods)]
                + cors.preflight(for: request.field("origin"), methods: route.methods))
    }

    private var index: ServerResponse {
        var json = JSONWriter()
        json.beginObject()
        json.field("name", "cortex")
        json.field("version", facts.version)
        json.key("routes")
        json.beginObject()
        for (route, meaning) in Route.descriptions { json.field(route, meaning) }
        json.endObject()
        json.endObject()
        return .json(json.bytes)
    }
}

extension ServerResponse {
    func adding(_ more: [(name: String, value: String)]) -> ServerResponse {
        guard !more.isEmpty else { return self }
        var response = self
        response.headers += more
        return response
    }
}
