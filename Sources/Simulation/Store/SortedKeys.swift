/// Keys in order, so that nothing depends on a dictionary's order.
struct SortedKeys: Hashable, Sendable {
    private(set) var keys: [ObjectKey] = []

    var isEmpty: Bool { keys.isEmpty }

    mutating func insert(_ key: ObjectKey) {
        let index = position(of: key)
        guard index == keys.count || keys[index] != key else { return }
        keys.insert(key, at: index)
    }

    mutating func remove(_ key: ObjectKey) {
        let index = position(of: key)
        guard index < keys.count, keys[index] == key else { return }
        keys.remove(at: index)
    }

    /// Where the key is or would be.
    private func position(of key: ObjectKey) -> Int {
        // What is made last mostly comes last.
        if let last = keys.last, last < key { return keys.count }
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
