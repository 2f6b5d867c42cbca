public import JSON
public import Kubernetes

/// Every object of the simulated cluster, and the log of what changed: what etcd is to the real one. A write moves one
/// counter, the resourceVersion, as there.
public struct ObjectStore: Sendable {
    /// The resourceVersion of the last write.
    public private(set) var revision: Int
    private var shelves: [Shelf]

    private struct Place {
        var type: Int
        var key: ObjectKey
    }
    /// Addresses by the UID of an owner.
    private var dependents: [String: [Int: SortedKeys]] = [:]
    private var places: [String: Place] = [:]
    private var log: [StoreChange] = []
    /// Changes up to here are compacted: a watch from before answers 410.
    public private(set) var compacted: Int
    /// How many changes `trim` leaves in the log.
    public var logLimit = 5_000
    private var identities: SplitMix64
    /// One copy of what many objects share: the sets of fields in `managedFields`.
    var fieldSets: Set<JSONValue> = []
    private var shared = SharedValues()

    public init(seed: UInt64) {
        identities = SplitMix64(seed: seed)
        let first = 1000
        revision = first
        compacted = first
        shelves = ResourceType.all.map { Shelf(isIndexed: $0.resource == .pods, isPacked: $0.resource == .events) }
    }

    // MARK: Reading

    public func find(_ resource: Resource, _ namespace: String?, _ name: String) -> JSONValue? {
        guard let type = ResourceType.of(resource) else { return nil }
        return find(type, ObjectKey(type.resource.isNamespaced ? namespace : nil, name))
    }

    func find(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? { shelves[type.index][key] }

    /// In the order of namespace and name. - Parameter namespace: nil for all.
    public func all(_ resource: Resource, in namespace: String? = nil) -> [JSONValue] {
        guard let type = ResourceType.of(resource) else { return [] }
        let shelf = shelves[type.index]
        return shelf.keys(in: namespace).compactMap { shelf[$0] }
    }

    func keys(_ type: ResourceType, in namespace: String?) -> [ObjectKey] { shelves[type.index].keys(in: namespace) }

    public func count(_ resource: Resource) -> Int { ResourceType.of(resource).map { shelves[$0.index].count } ?? 0 }

    /// What a workload's selector finds. Over many pods an index helps.
    public func all(_ resource: Resource, in namespace: String, matching selector: LabelSelector) -> [JSONValue] {
        guard let type = ResourceType.of(resource) else { return [] }
        let shelf = shelves[type.index]
        let keys =
            shelf.candidates(in: namespace, labels: selector.matchLabels ?? [:]) ?? shelf.keys(in: namespace)
        return keys.compactMap { shelf[$0] }.filter { selector.matches($0.labels) }
    }

    /// The pods that are bound to a node.
    public func pods(onNode node: String) -> [JSONValue] {
        guard let type = ResourceType.of(.pods) else { return [] }
        let shelf = shelves[type.index]
        return shelf.keys(onNode: node).compactMap { shelf[$0] }
    }

    /// Objects of a kind that name this UID among their owners.
    public func owned(_ resource: Resource, by uid: String) -> [JSONValue] {
        guard let type = ResourceType.of(resource), let keys = dependents[uid]?[type.index] else { return [] }
        return keys.keys.compactMap { shelves[type.index][$0] }
    }

    /// Objects of every kind that name this UID among their owners.
    func owned(by uid: String) -> [(type: ResourceType, object: JSONValue)] {
        (dependents[uid] ?? [:]).sorted { $0.key < $1.key }.flatMap { index, keys in
            keys.keys.compactMap { key in shelves[index][key].map { (ResourceType.all[index], $0) } }
        }
    }

    /// Whether an object of any kind has this UID.
    public func holds(uid: String) -> Bool { places[uid] != nil }

    func object(uid: String) -> (type: ResourceType, object: JSONValue)? {
        places[uid].flatMap { place in
            shelves[place.type][place.key].map { (ResourceType.all[place.type], $0) }
        }
    }

    /// Everything in a namespace.
    func content(of namespace: String) -> [(type: ResourceType, object: JSONValue)] {
        ResourceType.all.filter(\.resource.isNamespaced).flatMap { type in
            shelves[type.index].keys(in: namespace).compactMap { key in
                shelves[type.index][key].map { (type, $0) }
            }
        }
    }

    // MARK: The log

    /// Where the log ends: give it to `changes(since:)` later.
    public var end: Int { revision }

    /// - Returns: nil when changes after `revision` are compacted.
    public func changes(since revision: Int) -> ArraySlice<StoreChange>? {
        guard revision >= compacted else { return nil }
        var low = log.startIndex
        var high = log.endIndex
        while low < high {
            let middle = (low + high) / 2
            if log[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return log[low...]
    }

    /// Forgets changes up to a revision, as etcd does every five minutes.
    public mutating func compact(to revision: Int) {
        log.removeAll { $0.revision <= revision }
        compacted = max(compacted, min(revision, self.revision))
    }

    /// Compacts a log that has grown well beyond its limit, but nothing after `revision`: somebody has to see it yet.
    mutating func trim(after revision: Int) {
        guard log.count > logLimit + logLimit / 4 else { return }
        compact(to: min(revision, log[log.count - logLimit].revision))
    }

    // MARK: The primitive writes

    mutating func write(_ type: ResourceType, _ object: JSONValue) -> JSONValue {
        let key = ObjectKey(object)
        let previous = shelves[type.index][key]
        var object = object
        revision += 1
        object.put(.string(String(revision)), at: "metadata", "resourceVersion")
        object = shared.object(object, previous)
        shelves[type.index].set(key, object)
        places[object.uid] = Place(type: type.index, key: key)
        reown(type, key, previous, object)
        note(type, previous == nil ? .added : .modified, object, previous)
        return object
    }

    @discardableResult mutating func erase(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        guard let previous = shelves[type.index][key] else { return nil }
        var object = previous
        revision += 1
        object.put(.string(String(revision)), at: "metadata", "resourceVersion")
        shelves[type.index].set(key, nil)
        places[object.uid] = nil
        reown(type, key, previous, nil)
        note(type, .deleted, object, previous)
        return object
    }

    /// Puts back what was there before; for reads of the past only, nothing is logged.
    mutating func restore(_ type: ResourceType, _ key: ObjectKey, _ object: JSONValue?) {
        shelves[type.index].set(key, object)
    }

    private mutating func note(
        _ type: ResourceType, _ kind: StoreChange.Kind, _ object: JSONValue, _ previous: JSONValue?
    ) {
        log.append(
            StoreChange(
                revision: revision, kind: kind, resource: type.resource, object: object, previous: previous))
    }

    private mutating func reown(_ type: ResourceType, _ key: ObjectKey, _ old: JSONValue?, _ new: JSONValue?) {
        let before = old?.at("metadata", "ownerReferences")
        let after = new?.at("metadata", "ownerReferences")
        guard before != after else { return }
        for uid in Self.uids(before) {
            dependents[uid]?[type.index]?.remove(key)
            if dependents[uid]?[type.index]?.isEmpty == true { dependents[uid]?[type.index] = nil }
            if dependents[uid]?.isEmpty == true { dependents[uid] = nil }
        }
        for uid in Self.uids(after) { dependents[uid, default: [:]][type.index, default: SortedKeys()].insert(key) }
    }

    private static func uids(_ references: JSONValue?) -> [String] {
        (references?.arrayValue ?? []).compactMap { $0["uid"]?.stringValue }
    }

    // MARK: Names

    /// A version 4 UUID from the seed.
    mutating func newUID() -> String {
        let high = (identities.next() & ~0xF000) | 0x4000
        let low = (identities.next() & ~(0xC << 60)) | (0x8 << 60)
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return "\(hex(high >> 32, 8))-\(hex(high >> 16 & 0xFFFF, 4))-\(hex(high & 0xFFFF, 4))-"
            + "\(hex(low >> 48, 4))-\(hex(low & 0xFFFF_FFFF_FFFF, 12))"
    }

    /// Five letters that form no word, for `generateName`. Source: k8s.io/apimachinery/pkg/util/rand.
    mutating func newSuffix() -> String {
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in letters[Int(identities.next() % UInt64(letters.count))] })
    }
}
