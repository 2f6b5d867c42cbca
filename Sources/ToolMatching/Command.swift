/// What the query orders: its first verb, and whether it is about one thing or many.
struct Command {
    enum Amount { case one, many, unknown }

    /// The stem of the verb that changes or destroys, when the query begins with it (politeness aside).
    let verb: String?
    private let isDestructive: Bool
    private let asksForMany: Bool
    private let asksForOne: Bool

    init(_ query: Query) {
        let plain = query.words.filter { !$0.isQuoted }
        let known = plain.firstIndex { word in
            Vocabulary.readingStems.contains(word.stem) || Self.isVerb(word)
        }
        let isQuestion = ["how", "why", "when", "who"].contains(plain.first?.lower ?? "")
        if let known, !isQuestion, Self.isVerb(plain[known]),
            !plain[max(0, known - 3)..<known].contains(where: { Vocabulary.negations.contains($0.lower) })
        {
            verb = plain[known].stem
            isDestructive = Vocabulary.destructiveStems.contains(plain[known].stem)
        } else {
            verb = nil
            isDestructive = false
        }
        asksForMany = plain.contains { Vocabulary.listVerbs.contains($0.lower) }
        asksForOne = plain.contains { Vocabulary.oneVerbs.contains($0.lower) && $0.lower != "get" }
    }

    /// A verb in a form that orders: "delete" and "deleting", not "deleted".
    private static func isVerb(_ word: Query.Word) -> Bool {
        !word.lower.hasSuffix("ed")
            && (Vocabulary.destructiveStems.contains(word.stem) || Vocabulary.changingStems.contains(word.stem))
    }

    /// Whether this tool may be chosen at all.
    func allows(_ profile: ToolProfile, _ query: Query) -> Bool {
        switch profile.intent {
        case .destroy where profile.verbs.isEmpty:
            // Only its server says that it destroys: nothing short of its name will do.
            let said = Set(query.words.map(\.stem))
            let reads = query.words.contains { Vocabulary.readingStems.contains($0.stem) }
            let negated = query.words.contains { Vocabulary.negations.contains($0.lower) }
            let isNamed = query.words.contains { $0.lower == profile.tool.name.lowercased() }
            return !negated && (isNamed || !reads && profile.nameStems.isSubset(of: said))
        case .destroy: return verb.map(profile.verbs.contains) == true
        case .change: return verb.map(profile.verbs.contains) == true
        default: return true
        }
    }

    /// Whether a tool that does not know the ordered verb would be an answer to something else.
    func isServed(by profile: ToolProfile) -> Bool {
        guard let verb else { return true }
        return profile.nameStems.contains(verb) || profile.proseStems.contains(verb) && !isDestructive
    }

    func amount(for profile: ToolProfile, _ query: Query, hasValues: Bool) -> Amount {
        if asksForMany { return .many }
        if asksForOne || hasValues { return .one }
        let stems = Set(profile.nouns.map(Stemmer.stem))
        let named = query.words.filter { stems.contains($0.stem) }
        if named.isEmpty { return .unknown }
        return named.contains(where: \.isPlural) ? .many : .one
    }
}
