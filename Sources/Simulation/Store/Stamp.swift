import FoundationEssentials
import JSON

/// Times as objects carry them.
enum Stamp {
    /// Whole seconds, as `metav1.Time`.
    static func text(_ seconds: Double) -> String {
        RFC3339.string(from: Date(timeIntervalSince1970: seconds.rounded(.down)))
    }

    /// Always with six digits, as `metav1.MicroTime`.
    static func microText(_ seconds: Double) -> String {
        let text = RFC3339.string(from: Date(timeIntervalSince1970: seconds))
        return text.contains(".") ? text : String(text.dropLast()) + ".000000Z"
    }

    static func seconds(_ text: String) -> Double? { RFC3339.date(from: text)?.timeIntervalSince1970 }
}
