import JSON

/// A tool prepared for matching: its words by field and what kind of thing it does.
struct ToolProfile {
    enum Intent: Hashable { case list, one, read, change, destroy, unknown }

    var tool: Tool
    var properties: [Property]
    var nameWords: [String]
    var intent: Intent
    /// The verbs one of which a query must say before this tool may be chosen, stemmed. Empty for a tool that only its
    /// server calls destructive: then its whole name must be said.
    var verbs: Set<String>
    /// Stem → weight, summed over the fields it stands in.
    var weights: [String: Double] = [:]
    /// Stems by where they are strongest.
    var nameStems: Set<String>
    var proseStems: Set<String>
    var length: Double = 0

    private static let nameWeight = 3.0
    private static let titleWeight = 2.0
    private static let proseWeight = 1.0
    private static let serverWeight = 1.0
    private static let schemaWeight = 0.6

    init(_ tool: Tool) {
        self.tool = tool
        properties = Property.all(of: tool)
        nameWords = Words.ofName(tool.name)
        nameStems = Set(nameWords.map(Stemmer.stem))
        proseStems = []
        let server = Set(Words.ofName(tool.server))
        let words = Words.ofName(tool.name)
        let verbWords = words.filter { !server.contains($0) || words.count == 1 }
        (intent, verbs) = Self.intent(of: tool, words: verbWords.isEmpty ? words : verbWords)

        add(nameWords, Self.nameWeight)
        add(Words.ofName(tool.title ?? ""), Self.titleWeight, isProse: true)
        add(Words.ofProse(tool.description ?? ""), Self.proseWeight, isProse: true)
        add(Words.ofName(tool.server).filter { !Vocabulary.genericServerWords.contains($0) }, Self.serverWeight)
        for property in properties {
            add(property.tokens, Self.schemaWeight, isProse: true)
            add(Words.ofProse(property.description ?? ""), Self.schemaWeight, isProse: true)
            add(property.choices.flatMap(Words.ofName), Self.schemaWeight, isProse: true)
        }
    }

    private mutating func add(_ words: [String], _ weight: Double, isProse: Bool = false) {
        for word in words where !Vocabulary.stopWords.contains(word) {
            let stem = Stemmer.stem(word)
            guard !Vocabulary.readingStems.contains(stem) else { continue }
            weights[stem, default: 0] += weight
            length += weight
            if isProse { proseStems.insert(stem) }
        }
    }

    /// The nouns of the name, as written.
    var nouns: [String] {
        nameWords.filter {
            let stem = Stemmer.stem($0)
            return !Vocabulary.stopWords.contains($0) && !Vocabulary.readingStems.contains(stem)
                && !Vocabulary.changingStems.contains(stem) && !Vocabulary.destructiveStems.contains(stem)
        }
    }

    private static func intent(of tool: Tool, words: [String]) -> (Intent, Set<String>) {
        let first = words.first ?? ""
        let said = Words.ofProse(String((tool.description ?? "").prefix(80))).first ?? ""
        let isReading = Vocabulary.readingStems.contains(Stemmer.stem(first))
        var destructive = Set<String>()
        if !isReading {
            destructive = Set([first, words.last ?? ""].filter(Vocabulary.destructiveVerbs.contains).map(Stemmer.stem))
            if Vocabulary.destructiveStems.contains(Stemmer.stem(said)) { destructive.insert(Stemmer.stem(said)) }
        }
        if !destructive.isEmpty { return (.destroy, destructive) }
        if tool.annotations?["destructiveHint"]?.boolValue == true {
            return (.destroy, [])
        }
        if Vocabulary.listVerbs.contains(first) { return (.list, []) }
        if Vocabulary.oneVerbs.contains(first) { return (.one, []) }
        if isReading { return (.read, []) }
        let changing = Set([first, words.last ?? ""].filter(Vocabulary.changeVerbs.contains).map(Stemmer.stem))
        if !changing.isEmpty { return (.change, changing) }
        return (.unknown, [])
    }
}
