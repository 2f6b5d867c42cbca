/// How programs word what ails them, beyond what they cannot reach. Nothing in a log is obeyed: a line is only compared
/// with these.
struct LogHint {
    var hint: CauseHint
    /// What the line must hold, all of it, in lower case.
    var words: [String]
    /// Where the wording comes from.
    var source: String

    private init(_ hint: CauseHint, _ words: String..., from source: String) {
        self.hint = hint
        self.words = words
        self.source = source
    }

    /// The more particular ones first: the first that matches a line has the say.
    private static let all: [LogHint] = [
        .init(.certificate, "certificate has expired", from: "Go crypto/x509, OpenSSL verify error 10"),
        .init(.certificate, "certificate is not yet valid", from: "OpenSSL verify error 9"),
        .init(.certificate, "certificate signed by unknown authority", from: "Go crypto/x509"),
        .init(.certificate, "certificate_verify_failed", from: "Python ssl"),
        .init(.certificate, "certificate verify failed", from: "OpenSSL, curl"),
        .init(.certificate, "unable to get local issuer certificate", from: "OpenSSL verify error 20, Node.js tls"),
        .init(.certificate, "certificateexpiredexception", from: "Java"),
        .init(.certificate, "pkix path building failed", from: "Java"),
        .init(.credentials, "password authentication failed", from: "PostgreSQL"),
        .init(.credentials, "access denied for user", from: "MySQL"),
        .init(.credentials, "login failed for user", from: "SQL Server"),
        .init(.credentials, "wrongpass", from: "Redis"),
        .init(.credentials, "noauth authentication required", from: "Redis"),
        .init(.credentials, "authentication failed", from: "MongoDB, SMTP, LDAP servers"),
        .init(.credentials, "access_refused", from: "RabbitMQ"),
        .init(.credentials, "code = unauthenticated", from: "gRPC for Go"),
        .init(.credentials, "invalid username or password", from: "many servers"),
        .init(.credentials, "token has expired", from: "Kubernetes' API server, JWT libraries"),
        .init(.credentials, "token is expired", from: "golang-jwt"),
        .init(.credentials, "jwt expired", from: "jsonwebtoken for Node.js"),
        .init(.diskFull, "no space left on device", from: "POSIX ENOSPC"),
        .init(.diskFull, "enospc", from: "Node.js fs"),
        .init(.diskFull, "disk quota exceeded", from: "POSIX EDQUOT"),
        .init(.openFiles, "too many open files", from: "POSIX EMFILE"),
        .init(.openFiles, "emfile", from: "Node.js fs"),
        .init(.portInUse, "address already in use", from: "POSIX EADDRINUSE"),
        .init(.portInUse, "eaddrinuse", from: "Node.js net"),
        .init(.lowPort, "bind", "permission denied", from: "POSIX bind, EACCES"),
        .init(.lowPort, "listen eacces", from: "Node.js net"),
        .init(.readOnlyFiles, "read-only file system", from: "POSIX EROFS"),
        .init(.readOnlyFiles, "erofs", from: "Node.js fs"),
        .init(.wrongArchitecture, "exec format error", from: "POSIX ENOEXEC"),
        .init(.serviceVariable, "tcp://", "invalid literal for int", from: "Python int()"),
        .init(.serviceVariable, "tcp://", "invalid syntax", from: "Go strconv"),
        .init(.serviceVariable, "tcp://", "numberformatexception", from: "Java"),
        .init(.serviceVariable, "tcp://", "port", "invalid", from: "programs that read NAME_PORT"),
        .init(.missingSetting, "keyerror: '", from: "Python os.environ"),
        .init(.missingSetting, "environment variable", "not set", from: "many programs"),
        .init(.missingSetting, "environment variable", "missing", from: "many programs"),
        .init(.missingSetting, "environment variable", "required", from: "many programs"),
        .init(.missingSetting, "required key", "missing value", from: "envconfig for Go"),
        .init(.missingSetting, "parameter not set", from: "POSIX sh, set -u"),
        .init(.missingSetting, "unbound variable", from: "bash, set -u"),
        .init(.wrongArgument, "unknown flag", from: "pflag for Go"),
        .init(.wrongArgument, "flag provided but not defined", from: "Go flag"),
        .init(.wrongArgument, "unrecognized arguments", from: "Python argparse"),
        .init(.wrongArgument, "unrecognized option", from: "getopt"),
        .init(.wrongArgument, "invalid option", from: "getopt"),
        .init(.wrongArgument, "unknown option", from: "many programs"),
        .init(.heapFull, "heap out of memory", from: "V8"),
        .init(.heapFull, "outofmemoryerror", from: "Java"),
        .init(.heapFull, "memoryerror", from: "Python"),
        .init(.notPermitted, "permission denied", from: "POSIX EACCES"),
        .init(.notPermitted, "eacces", from: "Node.js fs"),
        .init(.notPermitted, "operation not permitted", from: "POSIX EPERM"),
    ]

    /// What the last of these lines says that says anything.
    static func last(in lines: [String]) -> CauseHint? {
        for line in lines.reversed() {
            let text = line.lowercased()
            let found = all.first { pattern in pattern.words.allSatisfy { text.contains($0) } }
            if let found { return found.hint }
        }
        return nil
    }
}
