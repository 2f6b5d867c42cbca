public import FoundationEssentials

extension KubernetesObject {
    /// When somebody last wrote it, its status aside: the latest time in `managedFields`, else when it was made.
    public var lastChange: Date? {
        (metadata.managedFields ?? []).filter { $0.subresource == nil }.compactMap(\.time).max()
            ?? metadata.creationTimestamp
    }
}
