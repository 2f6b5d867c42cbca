/// The few shell commands that test workloads are made of, read as a program: `echo`, `sleep`, `exit`, `httpd`,
/// `until nslookup NAME; do …; done`, `true`, `false`. Anything else takes no time and succeeds.
enum ShellScript {
    /// - Returns: what `sh -c TEXT` does.
    static func program(_ text: String, base: Program) -> Program {
        var program = base
        program.ports = []
        program.ending = nil
        program.log = []
        var time = 0.0
        for statement in statements(text) {
            let words = statement.split(separator: " ").map(String.init)
            let line = words.first == "exec" ? Array(words.dropFirst()) : words
            switch line.first {
            case "echo": program.log.append(spoken(line))
            case "sleep": time += duration(line.dropFirst().first)
            case "exit": return end(program, at: time, code: line.dropFirst().first.flatMap { Int($0) } ?? 0)
            case "false" where isLast(statement, text): return end(program, at: time, code: 1)
            case "until", "while":
                guard let host = lookedUp(line) else { continue }
                program.dependencies.append(.init(host: host, effect: .wait, isLookupOnly: true))
            case "httpd", "nc", "python3", "python", "node", "nginx", "serve":
                program.readyAfter = time + 0.5
                program.ports = port(line).map { [$0] }
                return program
            case "tail", "top", "cat": return program
            default: continue
            }
        }
        guard time < forever else { return program }
        return end(program, at: time, code: 0)
    }

    /// Longer than any simulation runs.
    private static let forever = 1e12

    private static func statements(_ text: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
                current.append(character)
            } else if character == "'" || character == "\"" {
                quote = character
                current.append(character)
            } else if ";&|\n".contains(character) {
                parts.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        return (parts + [current]).map(trimmed).filter { !$0.isEmpty }.map { part in
            ["do ", "then "].first { part.hasPrefix($0) }.map { trimmed(String(part.dropFirst($0.count))) } ?? part
        }
    }

    private static func isLast(_ statement: String, _ text: String) -> Bool { trimmed(text).hasSuffix(statement) }

    private static func end(_ program: Program, at time: Double, code: Int) -> Program {
        var program = program
        program.ending = Program.Ending(after: time + 0.05, code: code, log: program.log)
        program.log = []
        return program
    }

    /// What `echo` writes; a redirection writes nothing that a log shows, except to standard error.
    private static func spoken(_ words: [String]) -> String {
        words.dropFirst().prefix { !$0.hasPrefix(">") }.map { word in
            word.filter { $0 != "'" && $0 != "\"" }
        }.joined(separator: " ")
    }

    private static func duration(_ word: String?) -> Double {
        guard let word else { return 0 }
        if word == "infinity" || word == "inf" { return forever }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        if let last = word.last, let unit = units[last] { return (Double(word.dropLast()) ?? 0) * unit }
        return Double(word) ?? 0
    }

    private static func lookedUp(_ words: [String]) -> String? {
        guard let command = words.firstIndex(where: { ["nslookup", "getent", "ping"].contains($0) }) else { return nil }
        return words.dropFirst(command + 1).first { !$0.hasPrefix("-") && $0 != "hosts" && !$0.hasPrefix(">") }
    }

    private static func port(_ words: [String]) -> Int? {
        guard let flag = words.firstIndex(where: { $0 == "-p" || $0 == "--port" }) else { return nil }
        return words.dropFirst(flag + 1).first.flatMap { Int($0.split(separator: ":").last ?? "") }
    }

    private static func trimmed(_ text: String) -> String {
        let space: Set<Character> = [" ", "\t", "\r"]
        let start = text.drop { space.contains($0) }
        return String(start.reversed().drop { space.contains($0) }.reversed())
    }
}
