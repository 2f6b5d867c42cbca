/// The addresses behind a Service (v1 Endpoints; deprecated since 1.33 but served by every version Cortex supports).
public struct Endpoints: KubernetesObject {
    public static var resource: Resource { .endpoints }

    public struct Address: Codable, Hashable, Sendable {
        public var ip: String
        public var nodeName: String?
        public var targetRef: ObjectReference?
    }
    public struct Port: Codable, Hashable, Sendable {
        public var name: String?
        public var port: Int
        public var `protocol`: String?
    }
    public struct Subset: Codable, Hashable, Sendable {
        public var addresses: [Address]?
        public var notReadyAddresses: [Address]?
        public var ports: [Port]?
    }

    public var metadata: ObjectMeta
    public var subsets: [Subset]?
}
