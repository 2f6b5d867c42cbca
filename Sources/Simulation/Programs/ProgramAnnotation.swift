import FoundationEssentials
import JSON

/// The text of the annotation that states programs.
enum ProgramAnnotation {
    /// - Returns: nil for text that is not JSON: such an annotation states nothing.
    static func value(_ text: String) -> JSONValue? {
        do {
            return try JSONCoding.decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            return nil
        }
    }
}
