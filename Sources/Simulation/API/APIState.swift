import Kubernetes

/// What the API server knows beside its objects, and how it misbehaves.
public struct APIState: Sendable {
    public var faults = APIFaults()
    /// When they are over, in seconds of the simulation; nil: they stay.
    var faultsEnd: Double?
    /// Bearer tokens, for authentication and TokenReview.
    public var tokens: [String: APIUser] = [:]
    /// Its own dice, so that a client's requests do not change what the cluster does.
    var random: SplitMix64
    var nextClusterAddress = 0
    var nextNodePort = 0
    /// Requests by verb and kind, for those who prove that no right is missing.
    public internal(set) var asked: [String: Int] = [:]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }
}
