import Diagnosis

/// What the ERROR argument of the worker contract says, in the kinds that diagnosis knows.
enum ErrorText {
    static func kind(of text: String) -> ServiceAnswer.Kind {
        let text = text.lowercased()
        let words: [(ServiceAnswer.Kind, [String])] = [
            (.connectionRefused, ["refused"]),
            (.nameNotFound, ["enotfound", "eai_again", "no such host", "name not found", "could not resolve"]),
            (.timeout, ["timeout", "timed out", "etimedout", "deadline"]),
            (.connectionReset, ["reset", "epipe", "hang up", "closed"]),
            (.serverError, ["502", "503", "504", "bad gateway", "unavailable"]),
            (.protocolError, ["parse", "invalid", "unexpected"]),
        ]
        return words.first { _, marks in marks.contains { text.contains($0) } }?.0 ?? .unreachable
    }
}
