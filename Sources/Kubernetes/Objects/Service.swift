/// A Service.
public struct Service: KubernetesObject {
    public static var resource: Resource { .services }

    public struct Port: Codable, Hashable, Sendable {
        public var name: String?
        public var port: Int
        public var targetPort: IntOrString?
        public var `protocol`: String?
        public var nodePort: Int?
        public var appProtocol: String?
    }
    public struct Spec: Codable, Hashable, Sendable {
        public var type: String?
        public var clusterIP: String?
        public var selector: [String: String]?
        public var ports: [Port]?
        public var externalName: String?
        public var sessionAffinity: String?
        public var externalTrafficPolicy: String?
        public var publishNotReadyAddresses: Bool?
    }

    public var metadata: ObjectMeta
    public var spec: Spec

    public var isHeadless: Bool { spec.clusterIP == "None" }
}
