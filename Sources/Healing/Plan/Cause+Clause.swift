import Diagnosis

extension Cause {
    /// The summary as part of a longer sentence, without its full stop.
    var clause: String { summary.hasSuffix(".") ? String(summary.dropLast()) : summary }
}
