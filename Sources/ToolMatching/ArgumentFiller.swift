import JSON

/// Fills a tool's arguments from a query. Every word is used once; a default is left to the server.
struct ArgumentFiller {
    let profile: ToolProfile
    let query: Query
    private(set) var arguments: [String: JSONValue] = [:]
    /// The arguments whose value the query announces, by their name or by a choice; the others are guessed.
    private(set) var certain: Set<String> = []
    private var used: Set<Int> = []
    private let nouns: Set<String>
    /// The stems that speak of the tool itself and so are not values.
    private let vocabulary: Set<String>

    private static let fillers: Set<String> = [
        "named", "called", "with", "is", "of", "name", "id", "number", "no", "the", "to", "as", "in", "on", "equals",
    ]
    private static let notValues: Set<String> = [
        "status", "info", "information", "details", "detail", "list", "please", "now", "today", "currently", "there",
        "again", "only", "too", "me", "list", "show", "get",
    ]
    private static let countNames: Set<String> = ["limit", "count", "max", "top", "size", "first", "last"]
    private static let countWords: Set<String> = ["last", "first", "top", "latest", "limit", "newest", "recent", "max"]
    private static let maximumText = 500

    init(_ profile: ToolProfile, _ query: Query) {
        self.profile = profile
        self.query = query
        vocabulary = Set(profile.weights.keys)
        nouns = Set(profile.nouns.map(Stemmer.stem))
        fill()
    }

    /// The required properties that stayed empty.
    var missing: [Property] { profile.properties.filter { $0.isRequired && arguments[$0.name] == nil } }

    /// The words that became values, by position.
    var consumed: Set<Int> { used }

    /// Values that the query names and the tool has no use for.
    var leftovers: [Int] {
        query.words.indices.filter { !used.contains($0) && isValue($0) }
    }

    private mutating func fill() {
        for property in profile.properties where !property.choices.isEmpty { fillChoice(property) }
        for property in profile.properties where arguments[property.name] == nil {
            switch property.kind {
            case .boolean: fillTruth(property)
            case .integer, .number: fillNumber(property)
            case .string, .list: fillAnnounced(property)
            case .other: break
            }
        }
        for property in profile.properties where arguments[property.name] == nil && property.isText {
            fillText(property)
        }
        fillFromLeftovers()
    }

    // MARK: One kind each

    private mutating func fillChoice(_ property: Property) {
        for choice in property.choices {
            let wanted = Words.ofName(choice)
            for start in query.words.indices {
                guard let range = match(wanted, at: start) else { continue }
                // "list hosts" says nothing of a choice that is itself what the tool lists.
                if !property.isClosed, wanted.allSatisfy({ profile.nameWords.contains($0) }) { continue }
                used.formUnion(range)
                certain.insert(property.name)
                arguments[property.name] = property.kind == .list ? [.string(choice)] : .string(choice)
                return
            }
        }
    }

    /// The positions that say these words, from one position on; parts of `high-severity` count.
    private func match(_ wanted: [String], at start: Int) -> Range<Int>? {
        let word = query.words[start]
        guard !used.contains(start) else { return nil }
        if word.lower == wanted.joined(separator: "-") || word.nameWords == wanted { return start..<start + 1 }
        if wanted.count == 1, !word.isQuoted, word.stem == Stemmer.stem(wanted[0]) || word.parts.contains(wanted[0]) {
            return start..<start + 1
        }
        let end = start + wanted.count
        guard wanted.count > 1, end <= query.words.count, query.words[start..<end].map(\.lower) == wanted else {
            return nil
        }
        return start..<end
    }

    private mutating func fillTruth(_ property: Property) {
        let stems = property.stems.filter { !["is", "be", "with", "includ"].contains($0) || property.stems.count == 1 }
        guard !stems.isEmpty else { return }
        let said = query.words.indices.filter { stems.contains(query.words[$0].stem) && !query.words[$0].isQuoted }
        guard Set(said.map { query.words[$0].stem }) == Set(stems), let first = said.first else { return }
        var isTrue = true
        if let next = query.words.indices.first(where: { $0 == said[said.count - 1] + 1 }),
            ["true", "false", "yes", "no", "on", "off"].contains(query.words[next].lower)
        {
            isTrue = ["true", "yes", "on"].contains(query.words[next].lower)
            used.insert(next)
        } else if query.words[max(0, first - 2)..<first].contains(where: { Vocabulary.negations.contains($0.lower) }) {
            isTrue = false
        }
        used.formUnion(said)
        certain.insert(property.name)
        arguments[property.name] = .bool(isTrue)
    }

    private mutating func fillNumber(_ property: Property) {
        let counts = !Self.countNames.isDisjoint(with: property.tokens)
        for position in query.words.indices where !used.contains(position) {
            guard let value = number(query.words[position].text, property.kind) else { continue }
            let before = announcement(before: position)
            if before.map({ announces(query.words[$0], property) }) == true
                || counts && before.map({ Self.countWords.contains(query.words[$0].lower) }) == true
            {
                used.insert(position)
                certain.insert(property.name)
                arguments[property.name] = value
                return
            }
        }
    }

    private mutating func fillAnnounced(_ property: Property) {
        // "named x" says more than "the vm x".
        let naming = query.words.indices.filter { isNaming(query.words[$0], property) }
        let announcing = query.words.indices.filter { announces(query.words[$0], property) }
        for position in naming + announcing {
            guard let value = valuePosition(after: position), accepts(property, value, after: position) else {
                continue
            }
            used.insert(value)
            certain.insert(property.name)
            let text = query.words[value].text
            arguments[property.name] = property.kind == .list ? [.string(text)] : .string(text)
            return
        }
    }

    /// What follows "for", "about", "containing" or "matching", to the end; else what is in quotes.
    private mutating func fillText(_ property: Property) {
        if let quoted = query.words.indices.first(where: { query.words[$0].isQuoted && !used.contains($0) }) {
            used.insert(quoted)
            arguments[property.name] = .string(query.words[quoted].text)
            return
        }
        guard property.isRequired,
            let start = query.words.firstIndex(where: {
                ["for", "about", "containing", "matching", "like"].contains($0.lower) && !$0.isQuoted
            }), start + 1 < query.words.count
        else { return }
        let rest = query.words.indices[(start + 1)...].filter { !used.contains($0) }
        guard !rest.isEmpty else { return }
        let text = rest.map { query.words[$0].text }.joined(separator: " ")
        used.formUnion(rest)
        arguments[property.name] = .string(String(text.prefix(Self.maximumText)))
    }

    /// Values that nothing announced go to the required arguments still empty, in the schema's order.
    private mutating func fillFromLeftovers() {
        for property in profile.properties where property.isRequired && arguments[property.name] == nil {
            let free = leftovers
            switch property.kind {
            case .integer, .number:
                for position in free {
                    guard let value = number(query.words[position].text, property.kind) else { continue }
                    used.insert(position)
                    arguments[property.name] = value
                    break
                }
            case .string where property.choices.isEmpty || !property.isClosed:
                guard
                    let position = free.first(where: {
                        !property.isDate || query.words[$0].text.first?.isNumber == true
                    })
                else { continue }
                used.insert(position)
                arguments[property.name] = .string(query.words[position].text)
            case .list where !free.isEmpty:
                used.formUnion(free)
                arguments[property.name] = .array(free.map { .string(query.words[$0].text) })
            default: break
            }
        }
    }

    // MARK: Words as values

    /// A property that is only called `name` or `id` is announced by what the tool is about: "pod web-1".
    private func announces(_ word: Query.Word, _ property: Property) -> Bool {
        property.isAnnounced(by: word)
            || property.tokens.allSatisfy(Property.identityNames.contains) && nouns.contains(word.stem)
    }

    private func isNaming(_ word: Query.Word, _ property: Property) -> Bool {
        ["named", "called"].contains(word.lower) && property.tokens.contains { $0.hasSuffix("name") }
    }

    private func announcement(before position: Int) -> Int? {
        var index = position - 1
        while index >= 0, Self.fillers.contains(query.words[index].lower), position - index <= 3 {
            // "id 7" announces by itself.
            if profile.properties.contains(where: { $0.tokens == [query.words[index].lower] }) { return index }
            index -= 1
        }
        return index >= 0 ? index : nil
    }

    private func valuePosition(after position: Int) -> Int? {
        var index = position + 1
        while index < query.words.count, index - position <= 3, !query.words[index].isQuoted,
            Self.fillers.contains(query.words[index].lower)
        {
            index += 1
        }
        return index < query.words.count && !used.contains(index) ? index : nil
    }

    /// A plain word is a value only where it can hardly be anything else.
    private func accepts(_ property: Property, _ position: Int, after announcement: Int) -> Bool {
        let word = query.words[position]
        if property.isClosed { return property.choices.contains { $0.lowercased() == word.lower } }
        if word.isIdentifier { return true }
        return !query.words[announcement].isPlural && !vocabulary.contains(word.stem)
            && !Vocabulary.stopWords.contains(word.lower) && !Self.notValues.contains(word.lower)
            && !Vocabulary.readingStems.contains(word.stem)
            && !profile.properties.contains { $0.isAnnounced(by: word) }
    }

    /// A quoted text, or an identifier that is not the tool's or the server's own name or a compound of its words.
    private func isValue(_ position: Int) -> Bool {
        let word = query.words[position]
        if word.isQuoted { return true }
        guard word.isIdentifier, word.lower != profile.tool.server.lowercased(),
            word.lower != profile.tool.name.lowercased()
        else { return false }
        return !word.parts.contains { vocabulary.contains(Stemmer.stem($0)) || Vocabulary.stopWords.contains($0) }
    }

    private func number(_ text: String, _ kind: Property.Kind) -> JSONValue? {
        if let whole = Int64(text) { return .integer(whole) }
        guard kind == .number, let value = Double(text), value.isFinite else { return nil }
        return .number(value)
    }
}
