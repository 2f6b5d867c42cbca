import Kubernetes

/// What a line of a log says of something that the program needs and does not have.
struct LogClue: Hashable {
    enum Meaning: Hashable {
        /// The DNS answered that there is no such name.
        case nameNotFound
        /// The DNS did not answer.
        case noNameService
        case connectionRefused
        case timeout
        /// The Kubernetes API refused the program's own service account.
        case forbidden
    }
    var meaning: Meaning
    /// As the line names it, without its port; nil when it names none.
    var host: String?
    var line: String
    var pod: String
    var container: String

    /// What was written longer ago than so many lines may be over.
    private static let recent = 20

    /// The clues of a log, oldest first.
    static func all(in log: ContainerLog) -> [LogClue] {
        log.lines.suffix(recent).compactMap { line in
            for pattern in LogPattern.all {
                guard let found = pattern.match(line) else { continue }
                return LogClue(
                    meaning: pattern.meaning, host: found.host, line: Redaction.line(line), pod: log.pod,
                    container: log.container)
            }
            return nil
        }
    }

    func evidence(_ subject: Subject) -> Evidence {
        let object = ObjectReference(kind: "Pod", namespace: subject.snapshot.target.namespace, name: pod)
        return Evidence(object: object, field: "log of \(container)", value: line)
    }
}
