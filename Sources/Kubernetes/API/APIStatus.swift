/// The server's own account of a failure (`metav1.Status`), kept whole.
public struct APIStatus: Error, Codable, Hashable, Sendable {
    public struct Details: Codable, Hashable, Sendable {
        public struct Cause: Codable, Hashable, Sendable {
            public var reason: String?
            public var message: String?
            public var field: String?

            public init(reason: String? = nil, message: String? = nil, field: String? = nil) {
                self.reason = reason
                self.message = message
                self.field = field
            }
        }
        public var name: String?
        public var group: String?
        public var kind: String?
        public var causes: [Cause]?
        public var retryAfterSeconds: Int?

        public init(
            name: String? = nil, group: String? = nil, kind: String? = nil, causes: [Cause]? = nil,
            retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }
    public var code: Int
    public var reason: String?
    public var message: String?
    public var details: Details?

    public init(code: Int, reason: String? = nil, message: String? = nil, details: Details? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }
}
