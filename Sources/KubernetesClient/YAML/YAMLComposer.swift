import JSON

/// Builds values from events, within limits.
struct YAMLComposer {
    private struct Anchor {
        var value: JSONValue
        var nodes: Int
    }

    private let reader: YAMLEventReader
    private let limits: YAMLLimits
    private var anchors: [String: Anchor] = [:]
    private var nodes = 0

    init(_ reader: YAMLEventReader, limits: YAMLLimits) {
        self.reader = reader
        self.limits = limits
    }

    mutating func documents() throws(YAMLFailure) -> [JSONValue] {
        var documents: [JSONValue] = []
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                documents.append(try node(try reader.next(), depth: 0))
            default: continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLFailure) -> JSONValue {
        guard depth < limits.maximumDepth else {
            throw event.failure("nested deeper than \(limits.maximumDepth) levels")
        }
        let before = nodes
        switch event.kind {
        case .alias(let name):
            guard let anchor = anchors[name] else { throw event.failure("“*\(name)” names no anchor before it") }
            try count(anchor.nodes, at: event)
            return anchor.value
        case .scalar(let scalar, let anchor):
            try count(1, at: event)
            return remember(scalar.value, as: anchor, since: before)
        case .sequenceStart(let anchor):
            try count(1, at: event)
            return remember(try sequence(depth: depth), as: anchor, since: before)
        case .mappingStart(let anchor):
            try count(1, at: event)
            return remember(try mapping(depth: depth), as: anchor, since: before)
        default:
            throw event.failure("a value is missing")
        }
    }

    private mutating func sequence(depth: Int) throws(YAMLFailure) -> JSONValue {
        var elements: [JSONValue] = []
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind { return .array(elements) }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAMLFailure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        var merged: [String: JSONValue] = [:]
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind { break }
            guard case .scalar(let scalar, let anchor) = event.kind else {
                throw event.failure("only a scalar can be a key here")
            }
            let key = scalar.text
            _ = remember(scalar.value, as: anchor, since: nodes - 1)
            let place = try reader.next()
            let value = try node(place, depth: depth + 1)
            if key == "<<", scalar.isPlain, scalar.tag == nil {
                try merge(value, into: &merged, at: place)
            } else if members.updateValue(value, forKey: key) != nil {
                throw event.failure("the key “\(key)” occurs twice")
            }
        }
        // What the mapping says itself wins over what it merges in.
        return .object(merged.merging(members) { _, own in own })
    }

    private func merge(
        _ value: JSONValue, into merged: inout [String: JSONValue], at place: YAMLEvent
    ) throws(YAMLFailure) {
        for source in value.arrayValue ?? [value] {
            guard let members = source.objectValue else { throw place.failure("“<<” merges mappings only") }
            merged.merge(members) { first, _ in first }
        }
    }

    /// Aliases count as often as they repeat: nine lines may otherwise stand for a thousand million values.
    private mutating func count(_ more: Int, at event: YAMLEvent) throws(YAMLFailure) {
        nodes += more
        guard nodes <= limits.maximumNodes else { throw event.failure("more than \(limits.maximumNodes) values") }
    }

    private mutating func remember(_ value: JSONValue, as anchor: String?, since before: Int) -> JSONValue {
        if let anchor { anchors[anchor] = Anchor(value: value, nodes: nodes - before) }
        return value
    }
}
