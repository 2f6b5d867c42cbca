/// The words of a server's name that say what it is about: `sandfly-mcp-server` → `sandfli`.
enum ServerName {
    static func stems(_ name: String) -> Set<String> {
        let words = Words.ofName(name)
        let telling = words.filter { !Vocabulary.genericServerWords.contains($0) && $0.count > 1 }
        return Set((telling.isEmpty ? words : telling).map(Stemmer.stem))
    }
}
