/// What is true of the nodes and of the network between them beyond the API's objects: which processes run, what the
/// registries hold, what is broken.
public struct Machines: Sendable {
    struct Machine: Hashable, Sendable {
        /// Images that are on the node, resolved.
        var images: Set<String> = []
        var isKubeletDown = false
        var isRuntimeDown = false
        /// When its kubelet was last heard of, seconds of the simulation.
        var heardAt = 0.0
    }

    /// By the pod's UID.
    var pods: [String: PodRuntime] = [:]
    /// By the pod's UID: when its kubelet has something to do for it.
    var wakes: [String: Double] = [:]
    /// The pods that depend on what others answer, by UID.
    var dependents: Set<String> = []
    /// UID by address.
    var addresses: [String: String] = [:]
    var machines: [String: Machine] = [:]
    public var images = ImageCatalogue.common
    /// Seconds: the kubelets' `crashLoopBackOff.maxContainerRestartPeriod`.
    public var longestRestartBackoff = RestartBackoff.most
    /// The cluster's DNS answers nothing.
    var isDNSDown = false
    /// What is out of order only for a time.
    var outages: [Outage] = []
    /// Something that programs depend on has changed and was not looked at yet.
    var mustReconsider = false
    /// Pods to be looked at as if they had changed.
    var toNotice: [ObjectKey] = []
    /// By the object's UID, then by source and reason: the names of the Events that say it.
    var events: [String: [String: ToldEvents]] = [:]
    /// Makes the names of Events different.
    var toldEvents = 0
    private var nextAddress = 2

    struct ToldEvents: Hashable, Sendable {
        /// By message.
        var names: [String: String] = [:]
        /// The one that stands for all further.
        var combined: String?
    }

    public init() {}

    mutating func newAddress() -> String {
        defer { nextAddress += 1 }
        return "10.42.\(nextAddress / 250 % 250).\(nextAddress % 250 + 1)"
    }
}
