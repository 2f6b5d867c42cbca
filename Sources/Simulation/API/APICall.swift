import JSON
import Kubernetes

/// Who asks, as authentication found out.
public struct APIUser: Hashable, Sendable {
    public var name: String
    public var uid: String?
    public var groups: [String]

    public init(name: String, uid: String? = nil, groups: [String] = []) {
        self.name = name
        self.uid = uid
        self.groups = groups
    }

    /// Whether nothing is refused to it, and it may act as another.
    public var isAdministrator: Bool { groups.contains("system:masters") }

    /// May do everything.
    public static let admin = APIUser(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])
    public static let anonymous = APIUser(name: "system:anonymous", groups: ["system:unauthenticated"])

    public static func serviceAccount(_ namespace: String, _ name: String) -> APIUser {
        APIUser(
            name: "system:serviceaccount:\(namespace):\(name)",
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
    }
}

/// One HTTP request to the API server, as a value.
public struct APICall: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: String
    /// Percent-decoded, without the query.
    public var path: String
    public var query: [Item]
    public var accept: String
    public var contentType: String
    /// Names the field manager where the query does not.
    public var userAgent: String
    public var body: [UInt8]

    public init(
        _ method: String, _ path: String, query: [Item] = [], accept: String = "application/json",
        contentType: String = "application/json", userAgent: String = "cortex", body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.accept = accept
        self.contentType = contentType
        self.userAgent = userAgent
        self.body = body
    }

    /// The first value of a query parameter; empty ones count as absent.
    public subscript(_ name: String) -> String? {
        query.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    func isSet(_ name: String) -> Bool { ["true", "1"].contains(self[name]) }

    var wantsTable: Bool { accept.contains("as=Table") }

    /// Source: `prefixFromUserAgent` in k8s.io/apiserver/pkg/endpoints/handlers.
    var fieldManager: String {
        self["fieldManager"] ?? String(userAgent.prefix { $0 != "/" && $0 != " " }.prefix(128))
    }

    /// The body as JSON. - Throws: 400 in the server's words.
    func object() throws(APIStatus) -> JSONValue {
        if contentType.hasPrefix(ProtobufObject.contentType) {
            guard let object = ProtobufObject.read(body) else {
                throw Refusals.badRequest("the body of the request cannot be read as a protobuf object")
            }
            return object
        }
        do {
            return try JSONValue(parsing: body, maximumDepth: 200)
        } catch {
            throw Refusals.badRequest("the request body is not valid JSON: \(error)")
        }
    }
}
