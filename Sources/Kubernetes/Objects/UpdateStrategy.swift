/// How a StatefulSet or DaemonSet brings its pods to a new template.
public struct UpdateStrategy: Codable, Hashable, Sendable {
    public struct RollingUpdate: Codable, Hashable, Sendable {
        /// Of a StatefulSet: pods with a lower ordinal keep the older template.
        public var partition: Int?
    }
    /// `RollingUpdate`, or `OnDelete`: then a pod keeps its template until somebody deletes it.
    public var type: String?
    public var rollingUpdate: RollingUpdate?

    /// How many of so many pods keep the older template by themselves.
    public func heldBack(of replicas: Int) -> Int {
        type == "OnDelete" ? replicas : min(replicas, max(0, rollingUpdate?.partition ?? 0))
    }
}
