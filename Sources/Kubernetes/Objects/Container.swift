/// A container of a pod template.
public struct Container: Codable, Hashable, Sendable {
    public struct Port: Codable, Hashable, Sendable {
        public var name: String?
        public var containerPort: Int
        public var `protocol`: String?
    }
    public struct EnvVar: Codable, Hashable, Sendable {
        public struct Source: Codable, Hashable, Sendable {
            public struct KeyReference: Codable, Hashable, Sendable {
                public var name: String?
                public var key: String
                public var optional: Bool?
            }
            public var configMapKeyRef: KeyReference?
            public var secretKeyRef: KeyReference?
        }
        public var name: String
        public var value: String?
        public var valueFrom: Source?
    }
    public struct EnvFrom: Codable, Hashable, Sendable {
        public struct Reference: Codable, Hashable, Sendable {
            public var name: String?
            public var optional: Bool?
        }
        public var configMapRef: Reference?
        public var secretRef: Reference?
    }
    public struct Resources: Codable, Hashable, Sendable {
        public var limits: [String: String]?
        public var requests: [String: String]?
    }

    public var name: String
    public var image: String?
    public var imagePullPolicy: String?
    public var command: [String]?
    public var args: [String]?
    public var ports: [Port]?
    public var env: [EnvVar]?
    public var envFrom: [EnvFrom]?
    public var resources: Resources?
    public var readinessProbe: Probe?
    public var livenessProbe: Probe?
    public var startupProbe: Probe?
    /// `Always` makes an init container a sidecar (Kubernetes 1.28 and later).
    public var restartPolicy: String?
}

/// A readiness, liveness or startup probe. Absent numbers have the API's defaults, already filled in by the server.
public struct Probe: Codable, Hashable, Sendable {
    public struct HTTPGet: Codable, Hashable, Sendable {
        public var path: String?
        public var port: IntOrString
        public var scheme: String?
    }
    public struct TCPSocket: Codable, Hashable, Sendable {
        public var port: IntOrString
    }
    public struct GRPC: Codable, Hashable, Sendable {
        public var port: Int
    }
    public struct Exec: Codable, Hashable, Sendable {
        public var command: [String]?
    }
    public var httpGet: HTTPGet?
    public var tcpSocket: TCPSocket?
    public var grpc: GRPC?
    public var exec: Exec?
    public var initialDelaySeconds: Int?
    public var periodSeconds: Int?
    public var timeoutSeconds: Int?
    public var failureThreshold: Int?
    public var successThreshold: Int?
}
