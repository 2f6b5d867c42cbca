import JSON

/// One argument of a tool, as its JSON Schema describes it.
struct Property {
    enum Kind: Hashable { case string, integer, number, boolean, list, other }

    var name: String
    /// The words of the name in lower case: `host_name` → `host`, `name`.
    var tokens: [String]
    var stems: [String]
    var kind: Kind
    var isRequired: Bool
    var description: String?
    /// The values it takes: the schema's `enum`, or those that the descriptions list.
    var choices: [String]
    /// True when the choices are the schema's own, so that nothing else is allowed.
    var isClosed: Bool
    var isDate: Bool

    /// Names under which a free text is asked for.
    static let textNames: Set<String> = ["query", "q", "search", "text", "pattern", "keyword", "keywords", "question"]
    /// Names that end an identifier's name without saying whose it is.
    static let identityNames: Set<String> = ["name", "id", "names", "ids", "identifier", "key", "number", "uuid"]

    var isText: Bool { tokens.contains(where: Self.textNames.contains) }

    /// Whether this word announces the property's value: `host` for `hostname`, `host_id`; `vm` for `vmid`.
    func isAnnounced(by word: Query.Word) -> Bool {
        guard !word.isQuoted, word.lower.count > 1 else { return false }
        if word.lower == name.lowercased() || stems.contains(word.stem), !Self.identityNames.contains(word.lower) {
            return true
        }
        // A bare `name` or `id` announces whatever is called so, when nothing else does.
        if tokens.count == 1, tokens[0] == word.lower { return true }
        return tokens.contains { token in
            Self.identityNames.contains { ending in
                token.count > ending.count && token.hasSuffix(ending)
                    && Stemmer.stem(String(token.dropLast(ending.count))) == word.stem
            }
        }
    }
}

extension Property {
    static let maximumProperties = 64
    static let maximumChoices = 64

    /// The properties of a tool: the required ones in the schema's order, then the others by name.
    static func all(of tool: Tool) -> [Property] {
        let schema = tool.inputSchema
        let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let properties = schema["properties"]?.objectValue ?? [:]
        var names = required.filter { properties[$0] != nil }
        names += properties.keys.filter { !required.contains($0) }.sorted()
        return names.prefix(maximumProperties).map { name in
            Property(
                name: name, schema: resolved(properties[name] ?? .null, in: schema),
                isRequired: required.contains(name), tool: tool)
        }
    }

    private init(name: String, schema: JSONValue, isRequired: Bool, tool: Tool) {
        self.name = name
        tokens = Words.ofName(name)
        stems = tokens.map(Stemmer.stem)
        self.isRequired = isRequired
        description = schema["description"]?.stringValue ?? schema["title"]?.stringValue
        kind = Self.kind(schema)
        let values = schema["enum"] ?? schema["items"]?["enum"]
        if let values = values?.arrayValue?.compactMap(\.stringValue), !values.isEmpty {
            choices = Array(values.prefix(Self.maximumChoices))
            isClosed = true
        } else {
            isClosed = false
            choices = kind == .string ? Self.choicesInProse(schema["description"]?.stringValue, tool, stems) : []
        }
        let format = schema["format"]?.stringValue
        isDate =
            format == "date" || format == "date-time"
            || tokens.contains(where: ["date", "since", "until", "after", "before", "time", "timestamp"].contains)
    }

    private static func kind(_ schema: JSONValue) -> Kind {
        let type =
            schema["type"]?.stringValue
            ?? schema["type"]?.arrayValue?.compactMap(\.stringValue).first { $0 != "null" }
        switch type {
        case "string": return .string
        case "integer": return .integer
        case "number": return .number
        case "boolean": return .boolean
        case "array": return .list
        case nil: return .string
        default: return .other
        }
    }

    /// Follows one `$ref` into the schema and takes the first alternative of an `anyOf` that is not null.
    private static func resolved(_ schema: JSONValue, in root: JSONValue) -> JSONValue {
        var result = schema
        if let path = schema["$ref"]?.stringValue, path.hasPrefix("#/") {
            let target = path.dropFirst(2).split(separator: "/").reduce(Optional(root)) { $0?[String($1)] }
            result = target ?? schema
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            guard var chosen = result[key]?.arrayValue?.first(where: { $0["type"]?.stringValue != "null" }) else {
                continue
            }
            if let path = chosen["$ref"]?.stringValue, path.hasPrefix("#/") {
                chosen = path.dropFirst(2).split(separator: "/").reduce(Optional(root)) { $0?[String($1)] } ?? chosen
            }
            if chosen["description"] == nil, let description = result["description"] {
                chosen["description"] = description
            }
            return chosen
        }
        return result
    }

    /// `(low, medium, high)` in the property's own description, or after the property's name in the tool's.
    private static func choicesInProse(_ description: String?, _ tool: Tool, _ stems: [String]) -> [String] {
        if let description {
            let own = list(in: description.prefix(Words.maximumCharacters))
            if !own.isEmpty { return own }
        }
        let text = (tool.description ?? "").prefix(Words.maximumCharacters)
        var rest = text
        while let open = rest.firstIndex(of: "(") {
            let before = Words.ofProse(String(text[text.startIndex..<open].suffix(40))).last
            if let before, stems.contains(Stemmer.stem(before)) { return list(in: text[open...]) }
            rest = rest[rest.index(after: open)...]
        }
        return []
    }

    /// The first list of single words in the text: in parentheses, after "one of", or parted by bars.
    private static func list(in text: Substring) -> [String] {
        var candidates: [Substring] = []
        if let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
            candidates.append(text[text.index(after: open)..<close])
        }
        let sentences = text.split { $0 == "." || $0 == ";" || $0 == "\n" }
        for sentence in sentences {
            if let colon = sentence.lastIndex(of: ":") { candidates.append(sentence[sentence.index(after: colon)...]) }
            if let words = sentence.split(separator: "one of ", maxSplits: 1).last, words.count < sentence.count {
                candidates.append(words)
            }
            candidates.append(sentence)
        }
        for candidate in candidates {
            let items = items(of: candidate)
            if items.count > 1 { return Array(items.prefix(maximumChoices)) }
        }
        return []
    }

    /// Empty unless every item is one word.
    private static func items(of text: Substring) -> [String] {
        let pieces = text.split { $0 == "," || $0 == "|" || $0 == "/" }
        guard pieces.count > 1 else { return [] }
        var items: [String] = []
        for piece in pieces {
            let words = piece.split { $0.isWhitespace || "\"'`“”".contains($0) }
                .filter { !["or", "and", "e.g", "e.g."].contains($0.lowercased()) }
            guard words.count == 1, words[0].allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) else {
                return []
            }
            items.append(String(words[0]))
        }
        return items
    }
}
