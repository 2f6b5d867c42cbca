public import JSON
import Kubernetes

/// Watches as values: whoever serves them asks for what is new.
extension World {
    func watch(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> WatchCursor {
        let selection = try Selection(call, address)
        let wantsInitial = call.isSet("sendInitialEvents")
        var initial: [JSONValue] = []
        var revision = store.revision
        let text = call["resourceVersion"]
        if let text, text != "0", !wantsInitial {
            revision = min(try ListVersion.number(text), store.revision)
        } else {
            initial = selection.keys(address, store).compactMap { store.find(address.type, $0) }
                .filter(selection.matches)
        }
        return WatchCursor(
            address: address, selection: selection, call: call, revision: revision,
            hasBookmarks: call.isSet("allowWatchBookmarks"), timeout: call["timeoutSeconds"].flatMap { Double($0) },
            initial: initial, owesInitialBookmark: wantsInitial, held: nil, lastBookmark: revision)
    }

    /// The events that are due, and whether the stream ends after them. Faults of the API drop, double and swap them.
    public mutating func next(_ cursor: inout WatchCursor) -> (events: [JSONValue], isOver: Bool) {
        var events: [JSONValue] = []
        for object in cursor.initial { events.append(event("ADDED", object, cursor)) }
        cursor.initial = []
        if cursor.owesInitialBookmark {
            cursor.owesInitialBookmark = false
            events.append(bookmark(cursor, endsInitial: true))
        }
        endFaultsInTime()
        if api.faults.isGone { return ([], true) }
        guard let changes = store.changes(since: cursor.revision) else {
            let refusal = Refusals.expired("too old resource version: \(cursor.revision) (\(store.compacted))")
            return (events + [["type": "ERROR", "object": refusal.object]], true)
        }
        for change in changes where change.resource == cursor.address.type.resource {
            guard let event = event(for: change, cursor) else { continue }
            send(event, &cursor, &events)
        }
        cursor.revision = store.revision
        if let held = cursor.held, events.isEmpty {
            events.append(held)
            cursor.held = nil
        }
        let isCut = api.faults.disconnects > 0 && api.random.fraction() < api.faults.disconnects
        return (events, isCut)
    }

    /// What clients get every minute or so: nothing changed up to here.
    public func bookmark(_ cursor: inout WatchCursor) -> JSONValue? {
        guard cursor.hasBookmarks, cursor.lastBookmark != cursor.revision, cursor.held == nil else { return nil }
        cursor.lastBookmark = cursor.revision
        return bookmark(cursor, endsInitial: false)
    }

    private mutating func send(_ event: JSONValue, _ cursor: inout WatchCursor, _ events: inout [JSONValue]) {
        let faults = api.faults
        guard faults.droppedEvents + faults.duplicatedEvents + faults.reorderedEvents > 0 else {
            events.append(event)
            return
        }
        if api.random.fraction() < faults.droppedEvents { return }
        if cursor.held == nil, api.random.fraction() < faults.reorderedEvents {
            cursor.held = event
            return
        }
        events.append(event)
        if api.random.fraction() < faults.duplicatedEvents { events.append(event) }
        if let held = cursor.held {
            events.append(held)
            cursor.held = nil
        }
    }

    /// An object that begins or ceases to match is added or deleted for this watch.
    private func event(for change: StoreChange, _ cursor: WatchCursor) -> JSONValue? {
        if let namespace = cursor.address.namespace, change.object.namespace != namespace { return nil }
        let matches = change.kind != .deleted && cursor.selection.matches(change.object)
        let matched = change.previous.map(cursor.selection.matches) ?? false
        switch (matched, matches) {
        case (false, true): return event("ADDED", change.object, cursor)
        case (true, true): return event("MODIFIED", change.object, cursor)
        case (true, false):
            guard change.kind != .deleted, var last = change.previous else {
                return event("DELETED", change.object, cursor)
            }
            last.put(.string(String(change.revision)), at: "metadata", "resourceVersion")
            return event("DELETED", last, cursor)
        case (false, false): return nil
        }
    }

    private func event(_ type: String, _ object: JSONValue, _ cursor: WatchCursor) -> JSONValue {
        let shown = Versions.outward(object, cursor.address.type, cursor.address.version)
        let body =
            cursor.call.wantsTable
            ? Table.of(
                [shown], cursor.address.type, cursor.call, now: epoch + seconds,
                list: ["resourceVersion": shown.at("metadata", "resourceVersion") ?? ""])
            : shown
        return ["type": .string(type), "object": body]
    }

    private func bookmark(_ cursor: WatchCursor, endsInitial: Bool) -> JSONValue {
        var metadata: JSONValue = [
            "resourceVersion": .string(String(cursor.revision)), "creationTimestamp": .null,
        ]
        if endsInitial { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let object: JSONValue = [
            "kind": .string(cursor.address.type.kind), "apiVersion": .string(cursor.address.apiVersion),
            "metadata": metadata,
        ]
        guard cursor.call.wantsTable else { return ["type": "BOOKMARK", "object": object] }
        return [
            "type": "BOOKMARK",
            "object": Table.of([], cursor.address.type, cursor.call, now: epoch + seconds, list: metadata),
        ]
    }
}
