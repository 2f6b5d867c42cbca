/// What the matcher knows of English: words that carry no subject, and verbs by what they ask for.
enum Vocabulary {
    static let stopWords: Set<String> = [
        "a", "an", "the", "of", "in", "on", "at", "for", "with", "from", "to", "by", "and", "or", "is", "are", "was",
        "were", "be", "been", "do", "does", "did", "can", "could", "would", "should", "will", "me", "my", "our", "your",
        "you", "i", "we", "it", "its", "this", "that", "these", "those", "please", "what", "which", "who", "whom",
        "how",
        "when", "where", "why", "there", "any", "some", "now", "just", "also", "kindly", "hey", "hi", "hello", "thanks",
        "thank", "tell", "give", "want", "need", "let", "see", "know", "about", "as", "into", "than", "then", "so",
        "if",
        "but", "not", "no", "us", "have", "has", "had", "right", "currently", "today", "more", "than", "using", "via",
        "use", "used", "one", "their", "each", "per", "here", "all", "every",
    ]

    /// Words in a server's name that say what it is, not what it is about.
    static let genericServerWords: Set<String> = [
        "mcp", "server", "service", "svc", "tool", "tools", "api", "the",
    ]

    /// Ask for many things.
    static let listVerbs: Set<String> = ["list", "enumerate", "all", "every", "ls"]
    /// Ask for one thing.
    static let oneVerbs: Set<String> = ["describe", "details", "detail", "inspect", "get"]
    /// Ask for one or many; what follows decides.
    static let readVerbs: Set<String> = [
        "show", "display", "view", "fetch", "read", "find", "look", "search", "query", "check", "print", "return",
        "lookup", "retrieve", "count", "watch", "monitor",
    ]
    /// Change something without destroying it.
    static let changeVerbs: Set<String> = [
        "create", "add", "update", "set", "patch", "start", "scale", "enable", "apply", "edit", "modify", "write",
        "insert", "rename", "move", "assign", "register", "install", "migrate", "clone", "restore", "upgrade", "send",
        "run", "execute", "trigger", "acknowledge", "approve", "resume", "invite", "put", "post", "change",
    ]
    /// Destroy or interrupt something.
    static let destructiveVerbs: Set<String> = [
        "delete", "remove", "drop", "restart", "kill", "destroy", "purge", "wipe", "erase", "terminate", "reboot",
        "shutdown", "stop", "uninstall", "evict", "drain", "format", "reset", "revoke", "ban", "block", "disable",
        "truncate", "cancel", "prune", "clear", "rollback", "unregister", "detach", "quarantine", "isolate", "suspend",
        "pause", "halt", "poweroff", "overwrite", "flush", "cordon", "disconnect", "abort", "nuke", "rm", "kick",
    ]
    static let negations: Set<String> = [
        "not", "dont", "never", "without", "no", "doesnt", "didnt", "cannot", "cant", "wont", "shouldnt", "mustnt",
        "isnt", "nor", "avoid",
    ]

    static let readingStems = stems(listVerbs.union(oneVerbs).union(readVerbs))
    static let changingStems = stems(changeVerbs)
    static let destructiveStems = stems(destructiveVerbs)

    private static func stems(_ words: Set<String>) -> Set<String> { Set(words.map(Stemmer.stem)) }
}
