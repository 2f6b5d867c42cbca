/// What is known of a cause beyond its name, where it changes what a person does about it.
public enum CauseHint: String, Codable, Hashable, Sendable, CaseIterable {
    /// The log speaks of a certificate that is not accepted.
    case certificate
    /// A login is refused.
    case credentials
    /// A disk is full.
    case diskFull = "disk-full"
    /// Too many files are open.
    case openFiles = "open-files"
    /// Somebody listens there already.
    case portInUse = "port-in-use"
    /// Only root may listen at such a port.
    case lowPort = "low-port"
    case readOnlyFiles = "read-only-files"
    /// The user that it runs as may not.
    case notPermitted = "not-permitted"
    /// The program is for another processor.
    case wrongArchitecture = "wrong-architecture"
    /// A setting that it needs is not there.
    case missingSetting = "missing-setting"
    /// An argument that it does not know.
    case wrongArgument = "wrong-argument"
    /// A variable that Kubernetes made for a Service, where it expects one of its own.
    case serviceVariable = "service-variable"
    /// Its own heap is full, below the container's limit.
    case heapFull = "heap-full"
    /// It ended without an error, as what has done its work does.
    case endsAsIfDone = "ends-as-if-done"
    /// The registry limits how often it may be asked.
    case rateLimited = "rate-limited"
    /// A quota counts what the pods do not say of themselves.
    case resourcesUnset = "resources-unset"
    /// Only the pod that a rollout makes before it takes one away is too many.
    case surge
    /// It keeps the pods from asking the cluster's DNS.
    case namesKept = "names-kept"
    /// Several budgets select one pod.
    case severalBudgets = "several-budgets"
    /// It keeps a node from being drained.
    case drain

    /// Whether it is about something that no pod template holds.
    var isOutside: Bool { [.certificate, .credentials, .diskFull].contains(self) }
}
