/// A loop that brings the world nearer to what its objects say.
public protocol Controller: Sendable {
    /// - Parameter changes: what was written since the last call, oldest first; the objects may have changed since.
    mutating func reconcile(world: inout World, changes: [StoreChange])
    /// When there is something to do though nothing changes, in seconds of the simulation; nil for never.
    func nextWake(_ world: World) -> Double?
}
