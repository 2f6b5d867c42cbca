/// What can be asked for, by its path.
enum Route: Hashable {
    case index, health, livez, readyz, metrics
    case tasks
    case task(id: String)
    case events(id: String)
    case incidents, allEvents
    case incident(id: String)

    /// - Returns: nil for a path that leads nowhere.
    init?(path: String) {
        switch path {
        case "/health": self = .health
        case "/api/tasks": self = .tasks
        case "/api/incidents": self = .incidents
        case "/api/events": self = .allEvents
        case "/metrics": self = .metrics
        case "/livez": self = .livez
        case "/readyz": self = .readyz
        case "/": self = .index
        default:
            if path.hasPrefix("/api/incidents/") {
                let id = path.dropFirst("/api/incidents/".count)
                guard !id.isEmpty, !id.contains("/") else { return nil }
                self = .incident(id: String(id))
                return
            }
            guard path.hasPrefix("/api/tasks/") else { return nil }
            let parts = path.dropFirst("/api/tasks/".count).split(separator: "/", omittingEmptySubsequences: false)
            switch (parts.count, parts.last) {
            case (1, let id?) where !id.isEmpty: self = .task(id: String(id))
            case (2, "events"?) where !parts[0].isEmpty: self = .events(id: String(parts[0]))
            default: return nil
            }
        }
    }

    var methods: String {
        switch self {
        case .tasks: "POST, OPTIONS"
        default: "GET, HEAD, OPTIONS"
        }
    }

    func allows(_ method: String) -> Bool {
        switch self {
        case .tasks: method == "POST"
        default: method == "GET" || method == "HEAD"
        }
    }

    /// What `GET /` says there is.
    static let descriptions = [
        ("POST /api/tasks", "send a query; the answer is a stream of events, or JSON with \"streaming\": false"),
        ("GET /api/tasks/{id}", "a task's status and result"),
        ("GET /api/tasks/{id}/events", "a task's events as a stream, after Last-Event-ID or ?after=N"),
        ("GET /api/incidents", "incidents, the newest first; ?state= and ?namespace= choose"),
        ("GET /api/incidents/{id}", "one incident: cause, findings, plan, steps, before and after, times"),
        ("GET /api/events", "everything that happens as a stream, from now on, after Last-Event-ID or ?after=N"),
        ("GET /health", "what runs here"),
        ("GET /livez", "whether the process lives"),
        ("GET /readyz", "whether it can do its work, and why not"),
        ("GET /metrics", "counters for Prometheus"),
    ]
}
