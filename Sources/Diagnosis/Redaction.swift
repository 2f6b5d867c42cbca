/// Takes secrets out of text that came from pods, events and tools, and bounds it, before it becomes evidence.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"
    /// Characters kept of one line.
    public static let lineLimit = 200

    /// One line: control characters become spaces, secrets the mark, and what exceeds `limit` characters an ellipsis.
    public static func line(_ text: String, limit: Int = lineLimit) -> String {
        // Secrets go first: a cut in the middle of one would hide its shape. The head bounds the work.
        let clean = secrets(in: plain(String(text.prefix(limit * 8))))
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
            if text.contains("-----END"), text.contains("PRIVATE KEY"), !text.contains("-----BEGIN") {
                // The tail began inside the key.
                kept = [mark]
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
        // Regular expressions are slow and most lines hold no secret: each runs only where its mark is.
        let bytes = text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
        func has(_ marks: String...) -> Bool { marks.contains { contains(bytes, Array($0.utf8)) } }
        var text = text
        if has("private key") {
            text.replace(/-----BEGIN[A-Z ]*PRIVATE KEY-----.*?(-----END[A-Z ]*PRIVATE KEY-----|$)/) { _ in mark }
        }
        if has("://") {
            text.replace(/([A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\s\/@]+@/) { "\($0.output.1)\(mark)@" }
        }
        if has("authorization") {
            text.replace(/(?i:(authorization["']?\s*[:=]\s*["']?([a-z]+\s+)?))[^\s"',]+/) {
                "\($0.output.1)\(mark)"
            }
        }
        if has("bearer") {
            text.replace(/\b(?i:(bearer\s+))[A-Za-z0-9._~+\/=\-]{8,}/) { "\($0.output.1)\(mark)" }
        }
        if has("eyj") {
            text.replace(/\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{4,}(\.[A-Za-z0-9_\-]*)?/) { _ in mark }
        }
        if has("akia", "asia") { text.replace(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/) { _ in mark } }
        if has(
            "gh", "glpat-", "npm_", "dckr_pat_", "hf_", "xox", "sk-", "sk_", "rk_", "aiza", "sg.", "hvs.", "age-secret")
        {
            text.replace(
                #/
                    \b (gh[oprsu]_|github_pat_|glpat-|npm_|dckr_pat_|hf_|xox[abeprs]-|[rs]k[_\-]|AIza|SG\.|hvs\.
                    |AGE-SECRET-KEY-) [A-Za-z0-9_.\-]{16,}
                /#
            ) { _ in mark }
        }
        if has("cookie") { text.replace(/(?i:((set-)?cookie["']?\s*[:=]\s*)).+/) { "\($0.output.1)\(mark)" } }
        if has("hooks.slack.com/") {
            text.replace(/(hooks\.slack\.com\/[a-z]+\/)[A-Za-z0-9\/]+/) { "\($0.output.1)\(mark)" }
        }
        if has("pass", "pwd", "secret", "token", "key", "credential", "signature") {
            text = named(in: text)
            if has("--") { text = flagged(in: text) }
        }
        return text
    }

    /// `DB_PASSWORD=…`, `"apiKey": "…"`, the same within a quoted JSON text, `DB_PASS=…`.
    private static func named(in text: String) -> String {
        text.replacing(
            #/
                (?i: ( (?: [a-z0-9_\-]*
                    (?:password|passwd|passphrase|pwd|secret|token|signature|(?:api|access|private)[_\-]?key|credential)
                    [a-z0-9_\-]* | \b (?:[a-z0-9_\-]*[_\-])? pass ) \\*["']? \s* [=:] \s* ) )
                (?: \\+["'][^"'\\]*\\*["'] | "[^"]*" | '[^']*' | [^\s,;&"']+ )
            /#
        ) { match in
            // What follows the address of a Secret in a program's error: `…/v1/secret": x509: certificate has expired`.
            let value = match.output.0.dropFirst(match.output.1.count).lowercased()
            return errors.contains(value) ? String(match.output.0) : "\(match.output.1)\(mark)"
        }
    }

    /// First words of errors. Source: Go's net, crypto/tls, crypto/x509 and context.
    private static let errors: Set = ["x509:", "tls:", "dial", "eof", "context", "net/http:"]

    /// `--token …`, as programs are called and as they repeat their command line.
    private static func flagged(in text: String) -> String {
        text.replacing(
            #/
                (?i: ( --[a-z0-9\-]*
                    (?:password|passwd|passphrase|secret|token|(?:api|access|private)-?key|credential)
                    [a-z0-9\-]* \s+ ) )
                (?: "[^"]*" | '[^']*' | [^\s\-]\S* )
            /#
        ) { "\($0.output.1)\(mark)" }
    }

    private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        guard let first = mark.first, bytes.count >= mark.count else { return false }
        for start in 0...(bytes.count - mark.count) where bytes[start] == first {
            if bytes[start..<start + mark.count].elementsEqual(mark) { return true }
        }
        return false
    }

    /// Without colours, with a space for each control character, and without what is not seen at all: any of them could
    /// stand between a secret and its name, and reach a terminal.
    private static func plain(_ text: String) -> String {
        var text = text
        if text.unicodeScalars.contains("\u{1b}") {
            text.replace(/\x{1b}(?:\[[0-?]*[ -\/]*[@-~]|\][^\x{07}\x{1b}]*(?:\x{07}|\x{1b}\\)?)/, with: "")
        }
        var clean = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .format: continue
            case .control where scalar == "\n" && isAfterReturn: break
            case .control: clean.append(" ")
            default: clean.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return String(clean)
    }
}
