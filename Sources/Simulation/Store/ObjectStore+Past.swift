import JSON

extension ObjectStore {
    /// The store as it was before its last few changes; nil when the log does not reach back.
    func past(changes count: Int) -> ObjectStore? {
        guard let changes = changes(since: max(compacted, revision - count)), !changes.isEmpty else { return nil }
        return undone(changes)
    }

    /// The store with the objects of one kind as they were right after a change; nil when that is compacted.
    func past(at revision: Int, of type: ResourceType) -> ObjectStore? {
        changes(since: revision).map { changes in undone(changes.filter { $0.resource == type.resource }[...]) }
    }

    private func undone(_ changes: ArraySlice<StoreChange>) -> ObjectStore {
        var past = self
        for change in changes.reversed() {
            guard let type = ResourceType.of(change.resource) else { continue }
            past.restore(type, ObjectKey(change.object), change.previous)
        }
        return past
    }
}
