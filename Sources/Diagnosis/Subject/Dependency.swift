import Kubernetes

/// Something that a workload says it needs: a Service named in its template or in its logs.
struct Dependency: Hashable {
    var host: String
    /// The Service of this namespace; nil when there is none of that name.
    var service: Service?
    var evidence: Evidence
    /// The program itself spoke of it when it failed.
    var isLogged: Bool

    /// What the template names in addresses (`http://db:5432`, `db:5432`, `DB_HOST=db`), then what the logs name.
    static func all(of subject: Subject) -> [Dependency] {
        var found: [Dependency] = []
        func add(_ dependency: Dependency) {
            if let index = found.firstIndex(where: { $0.host == dependency.host }) {
                if dependency.isLogged { found[index] = dependency }
            } else if dependency.service?.name != subject.service?.name || subject.service == nil {
                found.append(dependency)
            }
        }
        let spec = subject.currentPods.first?.spec ?? subject.workload?.podSpec
        for container in spec?.allContainers ?? [] {
            let place = "containers[\(container.name)]"
            for variable in container.env ?? [] {
                for host in hosts(in: variable.value ?? "", isAddress: isAddress(variable.name)) {
                    add(named(host, "\(place).env[\(variable.name)]", host, subject))
                }
            }
            let words = (container.command ?? []) + (container.args ?? [])
            for word in words {
                for host in hosts(in: word, isAddress: false) { add(named(host, "\(place).args", host, subject)) }
            }
        }
        for clue in subject.logClues {
            guard let host = clue.host, clue.meaning != .forbidden else { continue }
            let service = subject.service(named: host)
            add(
                Dependency(
                    host: service?.name ?? host, service: service, evidence: clue.evidence(subject), isLogged: true))
        }
        return found
    }

    private static func named(_ host: String, _ field: String, _ value: String, _ subject: Subject) -> Dependency {
        let service = subject.service(named: host)
        return Dependency(
            host: service?.name ?? host, service: service,
            evidence: Evidence(object: subject.owner, field: "spec.template.\(field)", value: value), isLogged: false)
    }

    private static func isAddress(_ variable: String) -> Bool {
        let name = variable.uppercased()
        return [
            "HOST", "URL", "ADDR", "SERVER", "ENDPOINT", "BROKER", "UPSTREAM", "SERVICE", "_URI", "BACKEND", "TARGET",
        ]
        .contains { name.contains($0) }
    }

    /// The hosts of a text: after `://` (and a login), before a port, with `.svc` behind, or the whole of a value whose
    /// variable says that it is an address. A word of a shell script that happens to be a Service's name is none.
    static func hosts(in text: String, isAddress: Bool) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            var authority = rest[scheme.upperBound...].prefix { !"/?# \"'\n".contains($0) }
            if let login = authority.lastIndex(of: "@") { authority = authority[authority.index(after: login)...] }
            for part in authority.split(separator: ",") {
                if let host = part.split(separator: ":").first, isName(host) { found.append(String(host)) }
            }
            rest = rest[scheme.upperBound...]
        }
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || "-.:".contains($0))) }
        for (index, word) in words.enumerated() {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard let host = parts.first, isName(host), !found.contains(String(host)) else { continue }
            let hasPort = parts.count == 2 && Int(parts[1]) != nil
            let isAsked = index > 0 && lookups.contains(String(words[index - 1])) || isAskedFor(index, words)
            if hasPort || isAsked || host.contains(".svc") || isAddress && words.count == 1 {
                found.append(String(host))
            }
        }
        return found
    }

    /// Whether the word is the first one that a command for trying a host is given, behind its options and numbers.
    private static func isAskedFor(_ index: Int, _ words: [Substring]) -> Bool {
        let isOption = { (word: Substring) in word.hasPrefix("-") || word.allSatisfy(\.isNumber) }
        guard let command = words[..<index].lastIndex(where: { !isOption($0) }) else { return false }
        // One that listens asks nobody.
        return tries.contains(String(words[command])) && !words[command..<index].contains("-l")
    }

    private static let tries: Set = ["nc", "ping", "nslookup", "dig", "telnet"]

    /// Commands whose next word is a host.
    private static let lookups: Set = ["nslookup", "getent", "hosts", "ping", "nc", "-z", "-zv", "-h", "--host", "dig"]

    /// Letters, digits, hyphens and dots with a letter among them: no number, no address.
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, first.isLowercase || first.isNumber, text.count <= 253 else { return false }
        return text.contains { $0.isLetter }
            && text.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" || $0 == "." }
            && text != "localhost"
    }
}
