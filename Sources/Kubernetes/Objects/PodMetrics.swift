public import FoundationEssentials

/// What the containers of one pod take at the moment, as the metrics API has it: an average over its window.
/// Source: https://github.com/kubernetes/metrics/blob/master/pkg/apis/metrics/v1beta1/types.go
public struct PodMetrics: KubernetesObject {
    public static var resource: Resource { .podMetrics }
    public static var mayBeMissing: Bool { true }

    public struct Container: Codable, Hashable, Sendable {
        public var name: String
        /// `cpu` and `memory` (the working set), as quantities.
        public var usage: [String: String]?
    }

    public var metadata: ObjectMeta
    /// When it was measured.
    public var timestamp: Date?
    public var containers: [Container]?
}
