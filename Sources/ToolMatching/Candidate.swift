/// One tool held against one query.
struct Candidate: Comparable {
    let profile: ToolProfile
    let filler: ArgumentFiller
    let score: Double
    /// False for a tool whose verb the query does not say.
    let isAllowed: Bool
    /// Whether enough of the query speaks of this tool.
    let fits: Bool

    private static let saturation = 1.2
    private static let lengthShare = 0.6

    init(profile: ToolProfile, query: Query, corpus: Corpus, isElsewhere: Bool) {
        self.profile = profile
        let filler = ArgumentFiller(profile, query)
        self.filler = filler
        let terms = Self.terms(query, without: filler.consumed)
        let command = Command(query)
        isAllowed = command.allows(profile, query)
        let relevance = Self.relevance(terms, profile, corpus)
        score = isAllowed && !isElsewhere ? relevance * Self.agreement(profile, query, filler, command) : 0
        fits = score > 0 && command.isServed(by: profile) && Self.covers(terms, profile, corpus)
    }

    static func < (left: Candidate, right: Candidate) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.profile.tool.server != right.profile.tool.server {
            return left.profile.tool.server < right.profile.tool.server
        }
        return left.profile.tool.name < right.profile.tool.name
    }

    static func == (left: Candidate, right: Candidate) -> Bool {
        left.score == right.score && left.profile.tool == right.profile.tool
    }

    /// The stems of the query that carry a subject, each once, in order.
    private static func terms(_ query: Query, without consumed: Set<Int>) -> [String] {
        var terms: [String] = []
        for (position, word) in query.words.enumerated() where !consumed.contains(position) && !word.isQuoted {
            for part in Set([word.lower]).union(word.parts).sorted() where !Vocabulary.stopWords.contains(part) {
                let stem = Stemmer.stem(part)
                // Compounds are there by their parts; values that nobody took say nothing of the subject.
                guard !Vocabulary.readingStems.contains(stem), !terms.contains(stem), part.allSatisfy(\.isLetter) else {
                    continue
                }
                terms.append(stem)
            }
        }
        return terms
    }

    private static func relevance(_ terms: [String], _ profile: ToolProfile, _ corpus: Corpus) -> Double {
        terms.reduce(0) { sum, stem in
            guard let weight = profile.weights[stem] else { return sum }
            let norm = 1 - lengthShare + lengthShare * profile.length / corpus.averageLength
            return sum + corpus.rarity(of: stem) * weight * (saturation + 1) / (weight + saturation * norm)
        }
    }

    /// How the shape of the question agrees with the shape of the tool.
    private static func agreement(
        _ profile: ToolProfile, _ query: Query, _ filler: ArgumentFiller, _ command: Command
    ) -> Double {
        var factor = 1.0
        let isForMany = profile.intent == .list || profile.properties.allSatisfy { !$0.isRequired }
        let amount = command.amount(for: profile, query, hasValues: query.words.contains(where: \.isIdentifier))
        switch amount {
        case .many: factor *= isForMany ? 1.3 : 0.7
        case .one: factor *= isForMany ? 0.8 : 1.3
        case .unknown: break
        }
        for noun in profile.nouns where query.words.contains(where: { $0.lower == noun }) { factor *= 1.1 }
        let filled = profile.properties.filter { filler.arguments[$0.name] != nil }
        if filled.contains(where: { $0.isRequired && filler.certain.contains($0.name) }) {
            factor *= 1.5
        } else if filled.contains(where: { $0.isRequired && !$0.isText }) {
            factor *= 1.25
        }
        if filled.contains(where: { !$0.isRequired }) { factor *= 1.2 }
        for _ in filler.missing { factor *= amount == .one ? 0.7 : 0.4 }
        for _ in filler.leftovers.prefix(4) { factor *= 0.6 }
        if query.words.contains(where: {
            Vocabulary.readingStems.contains($0.stem) && profile.nameStems.contains($0.stem)
        }) {
            factor *= 1.25
        }
        if let verb = command.verb, profile.nameStems.contains(verb) { factor *= 1.5 }
        return factor
    }

    /// A noun of the tool's own, and a fair share of what was said; a server's name alone chooses no tool.
    private static func covers(_ terms: [String], _ profile: ToolProfile, _ corpus: Corpus) -> Bool {
        let server = profile.tool.server
        let subject = terms.filter { !corpus.isServerWord($0, of: server) || profile.nameStems.contains($0) }
        guard !subject.isEmpty else { return false }
        var said = 0.0
        var isNamed = false
        for stem in subject {
            // What all tools of a server say tells none of them, unless it is what they are named for.
            guard
                corpus.distinguishes(stem, in: server)
                    || profile.nameStems.contains(stem) && !corpus.isServerWord(stem, of: server)
            else { continue }
            if profile.nameStems.contains(stem) {
                said += 1
                isNamed = isNamed || !Vocabulary.changingStems.contains(stem)
            } else if profile.proseStems.contains(stem) {
                said += 0.6
            }
        }
        let share = said / Double(subject.count)
        return isNamed ? share >= 0.15 : share >= 0.4
    }
}
