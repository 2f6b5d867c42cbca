import JSON

extension ObjectStore {
    /// The store as it was before its last few changes; nil when the log does not reach back.
    func past(changes count: Int) -> ObjectStore? {
        guard let changes = changes(since: max(compacted, revision - count)), !changes.isEmpty else { return nil }
        var past = self
        for change in changes.reversed() {
            guard let type = ResourceType.of(change.resource) else { continue }
            past.restore(type, ObjectKey(change.object), change.previous)
        }
        return past
    }
}
