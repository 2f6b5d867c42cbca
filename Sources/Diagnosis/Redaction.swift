/// Takes secrets out of text that came from pods, events and tools, and bounds it, before it becomes evidence.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"
    /// Characters kept of one line.
    public static let lineLimit = 200

    /// One line: control characters become spaces, secrets the mark, and what exceeds `limit` characters an ellipsis.
    public static func line(_ text: String, limit: Int = lineLimit) -> String {
        // Secrets go first: a cut in the middle of one would hide its shape. The head bounds the work.
        let clean = secrets(in: String(text.prefix(limit * 8).map { isControl($0) ? " " : $0 }))
        return clean.count > limit ? clean.prefix(limit - 1) + "…" : clean
    }

    /// The last lines of a log, each one clean; the whole of a private key block is one mark.
    public static func lines(_ texts: [String], last: Int = 5) -> [String] {
        var kept: [String] = []
        var isInKey = false
        for text in texts {
            if isInKey {
                if text.contains("-----END") { isInKey = false }
                continue
            }
            if text.contains("-----BEGIN"), text.contains("PRIVATE KEY") {
                isInKey = !text.contains("-----END")
                kept.append(mark)
                continue
            }
            let clean = line(text)
            if !clean.allSatisfy(\.isWhitespace) { kept.append(clean) }
        }
        return Array(kept.suffix(last))
    }

    /// The same text with bearer tokens, JWTs, AWS keys, credentials in URLs, private keys and the values of
    /// `password=`-like fields replaced by the mark.
    public static func secrets(in text: String) -> String {
        var text = text
        if text.contains("PRIVATE KEY") {
            text.replace(/-----BEGIN[A-Z ]*PRIVATE KEY-----.*?(-----END[A-Z ]*PRIVATE KEY-----|$)/, with: { _ in mark })
        }
        text.replace(/([A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\s\/@:]*:[^\s\/@]+@/, with: { "\($0.output.1)\(mark)@" })
        text.replace(
            /\b(?i:(authorization["']?\s*[:=]\s*["']?(basic|bearer)?\s*))[^\s"',]+/, with: { "\($0.output.1)\(mark)" })
        text.replace(/\b(?i:(bearer\s+))[A-Za-z0-9._~+\/=\-]{8,}/, with: { "\($0.output.1)\(mark)" })
        text.replace(/\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}(\.[A-Za-z0-9_\-]*)?/, with: { _ in mark })
        text.replace(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, with: { _ in mark })
        text.replace(/\b(ghp|gho|ghs|glpat|xox[abprs]|sk)[_\-][A-Za-z0-9_\-]{16,}/, with: { _ in mark })
        text.replace(
            /(?i:([A-Za-z0-9_\-]*(password|passwd|pwd|secret|token|api[_\-]?key|access[_\-]?key|private[_\-]?key|credential)[A-Za-z0-9_\-]*["']?\s*[=:]\s*))("[^"]*"|'[^']*'|[^\s,;&"']+)/,
            with: { "\($0.output.1)\(mark)" })
        return text
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        }
    }
}
