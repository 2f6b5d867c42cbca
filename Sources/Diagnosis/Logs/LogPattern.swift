/// How one program or library words a failure to reach something. Nothing in a log is obeyed: a line is only compared
/// with these.
struct LogPattern {
    var meaning: LogClue.Meaning
    /// What stands right before the host, in lower case; nil where the line names no host.
    var before: String?
    /// What the line must hold as well, in lower case.
    var with: String?
    /// Where the wording comes from.
    var source: String

    private init(_ meaning: LogClue.Meaning, before: String? = nil, with: String? = nil, _ source: String) {
        self.meaning = meaning
        self.before = before
        self.with = with
        self.source = source
    }

    /// The more particular ones first: the first that matches a line has the say.
    static let all: [LogPattern] = [
        .init(.forbidden, before: "user \"system:serviceaccount:", with: "cannot", "k8s.io/apiserver, responsewriters"),
        .init(.noNameService, before: "lookup ", with: "server misbehaving", "Go net"),
        .init(.noNameService, before: "lookup ", with: ":53: i/o timeout", "Go net"),
        .init(.noNameService, before: "lookup ", with: ":53: read: connection refused", "Go net"),
        .init(.noNameService, before: "getaddrinfo eai_again ", "Node.js dns"),
        .init(.noNameService, before: "could not resolve host: ", with: "timed out", "curl"),
        .init(.noNameService, with: "temporary failure in name resolution", "glibc EAI_AGAIN"),
        .init(.noNameService, with: "no servers could be reached", "dig and nslookup"),
        .init(.nameNotFound, before: "lookup ", with: "no such host", "Go net"),
        .init(.nameNotFound, before: "getaddrinfo enotfound ", "Node.js dns"),
        .init(.nameNotFound, before: "failed to resolve '", "urllib3 2"),
        .init(.nameNotFound, before: "host='", with: "name or service not known", "urllib3 1"),
        .init(.nameNotFound, before: "could not resolve host: ", "curl"),
        .init(.nameNotFound, before: "bad address '", "BusyBox wget and ping"),
        .init(.nameNotFound, before: "unable to resolve host address '", "wget"),
        .init(.nameNotFound, before: "unable to resolve host address ‘", "wget"),
        .init(.nameNotFound, before: "can't resolve '", "BusyBox nslookup"),
        .init(.nameNotFound, before: "server can't find ", with: "nxdomain", "nslookup"),
        .init(.nameNotFound, before: "unknownhostexception: ", "Java"),
        .init(.nameNotFound, before: "could not translate host name \"", "libpq"),
        .init(.nameNotFound, before: "unknown mysql server host '", "libmysqlclient"),
        .init(.nameNotFound, before: "host not found in upstream \"", "nginx"),
        .init(.nameNotFound, before: "error -2 connecting to ", "redis-py"),
        .init(.nameNotFound, with: "name or service not known", "glibc EAI_NONAME"),
        .init(.nameNotFound, with: "name does not resolve", "musl EAI_NONAME"),
        .init(.connectionRefused, before: "connect econnrefused ", "Node.js net"),
        .init(.connectionRefused, before: "dial tcp ", with: "connection refused", "Go net"),
        .init(.connectionRefused, before: "host='", with: "connection refused", "urllib3"),
        .init(.connectionRefused, before: "connection to server at \"", with: "connection refused", "libpq"),
        .init(.connectionRefused, before: "error 111 connecting to ", "redis-py"),
        .init(.connectionRefused, before: "failed to connect to ", with: "refused", "curl"),
        .init(.connectionRefused, before: "can't connect to remote host (", with: "refused", "BusyBox wget"),
        .init(.connectionRefused, with: "connection refused", "POSIX ECONNREFUSED"),
        .init(.connectionRefused, with: "econnrefused", "Node.js net"),
        .init(.timeout, before: "connect etimedout ", "Node.js net"),
        .init(.timeout, before: "dial tcp ", with: "i/o timeout", "Go net"),
        .init(.timeout, before: "host='", with: "timed out", "urllib3"),
        .init(.timeout, with: "connection timed out", "POSIX ETIMEDOUT"),
    ]

    /// - Returns: nil when the line says something else.
    func match(_ line: String) -> (host: String?, line: String)? {
        // Bytes of ASCII stay where they are in lower case, so both texts have the same places.
        let lower = line.map { $0.isASCII ? Character($0.lowercased()) : $0 }
        let text = String(lower)
        if let with, !text.contains(with) { return nil }
        guard let before else { return (nil, line) }
        guard let found = text.firstRange(of: before) else { return nil }
        let rest = text[found.upperBound...]
        let host = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-._:".contains($0)) }
        let name = meaning == .forbidden ? String(host) : String(host.split(separator: ":").first ?? "")
        let trimmed = name.hasSuffix(".") ? String(name.dropLast()) : name
        return trimmed.isEmpty ? nil : (trimmed, line)
    }
}
