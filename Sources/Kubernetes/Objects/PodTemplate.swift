public import JSON

/// A pod template: the fields Cortex reads, and the whole as it was, so that a rollback writes back every field.
public struct PodTemplate: Hashable, Sendable, Codable {
    public var metadata: ObjectMeta?
    public var spec: PodSpec
    /// The template as the server sent it.
    public var raw: JSONValue

    private enum Key: CodingKey { case metadata, spec }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        metadata = try container.decodeIfPresent(ObjectMeta.self, forKey: .metadata)
        spec = try container.decode(PodSpec.self, forKey: .spec)
        raw = try JSONValue(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws { try raw.encode(to: encoder) }
}

/// What a pod is to run and where.
public struct PodSpec: Codable, Hashable, Sendable {
    public struct Volume: Codable, Hashable, Sendable {
        public struct ConfigMap: Codable, Hashable, Sendable {
            public var name: String?
            public var optional: Bool?
        }
        public struct Secret: Codable, Hashable, Sendable {
            public var secretName: String?
            public var optional: Bool?
        }
        public struct Claim: Codable, Hashable, Sendable { public var claimName: String }
        public var name: String
        public var configMap: ConfigMap?
        public var secret: Secret?
        public var persistentVolumeClaim: Claim?
    }
    public struct ReadinessGate: Codable, Hashable, Sendable { public var conditionType: String }
    public struct PullSecret: Codable, Hashable, Sendable { public var name: String? }
    public var containers: [Container]
    public var initContainers: [Container]?
    public var volumes: [Volume]?
    public var nodeName: String?
    public var nodeSelector: [String: String]?
    public var serviceAccountName: String?
    public var restartPolicy: String?
    public var terminationGracePeriodSeconds: Int?
    public var schedulerName: String?
    public var imagePullSecrets: [PullSecret]?
    /// Conditions that something outside the pod sets; without them it is not Ready.
    public var readinessGates: [ReadinessGate]?

    /// Init containers first, then the others: the order in which they start.
    public var allContainers: [Container] { (initContainers ?? []) + containers }
}
