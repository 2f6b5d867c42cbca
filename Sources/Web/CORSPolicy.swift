/// Which pages of other origins may read answers and send tasks. None by default.
public struct CORSPolicy: Hashable, Sendable {
    private let origins: Set<String>
    private let allowsAll: Bool

    /// - Parameter origins: `https://chat.example.com`, …; `*` alone or among them allows every origin.
    public init(origins: [String] = []) {
        self.origins = Set(origins)
        allowsAll = origins.contains("*")
    }

    var isOff: Bool { origins.isEmpty }

    func allows(_ origin: String) -> Bool { allowsAll || origins.contains(origin) }

    /// What an answer to this origin carries. Where the answer depends on the origin, caches are told so.
    func headers(for origin: String?) -> [(name: String, value: String)] {
        if isOff { return [] }
        if allowsAll { return [("Access-Control-Allow-Origin", "*")] }
        guard let origin, allows(origin) else { return [("Vary", "Origin")] }
        return [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    }

    /// What the answer to a preflight adds.
    func preflight(for origin: String?, methods: String) -> [(name: String, value: String)] {
        guard let origin, allows(origin) else { return headers(for: origin) }
        return headers(for: origin) + [
            ("Access-Control-Allow-Methods", methods),
            ("Access-Control-Allow-Headers", "Content-Type, Last-Event-ID, Authorization"),
            ("Access-Control-Max-Age", "600"),
        ]
    }
}
